import {existsSync} from 'node:fs'
import {createRequire} from 'node:module'
import {join} from 'node:path'
import {getSystemErrorMap} from 'node:util'
import {EngineError} from '../errors/index.ts'
import {installRoot} from './install-root.ts'

type Koffi = typeof import('koffi')
type Arg = number | bigint | string | Uint8Array | readonly (string | null)[] | null | undefined

/** A C function of libc: returns its result, -1 on failure with the number in `errno()`. */
type Native = ((...args: Arg[]) => number) & {
  async(...argsAndCallback: [...Arg[], Done]): void
}

type Done = (error: Error | null, result: number) => void

const GET_FLAGS = 3
const NON_BLOCKING = 0o4000

const LIBC = 'libc.so.6'

let koffi: Koffi | undefined
const libraries = new Map<string, ReturnType<Koffi['load']>>()
const functions = new Map<string, Native>()
let standIn: ((prototype: string) => Native) | undefined

/**
 * Loads koffi's addon itself, not its JavaScript: finding the right build through koffi's own loader costs 13 ms at
 * start, opening the file of the installed platform package 1 ms.
 */
function loadKoffi(): Koffi {
  if (koffi) return koffi
  const name = `@koromix/koffi-linux-${process.arch}/linux_${process.arch}/koffi.node`
  // Where npm puts it in a checkout; Node's own search of all places compiles 40 functions for that.
  const usual = join(installRoot(), 'node_modules', name)
  const module = {exports: {}}
  process.dlopen(module, existsSync(usual) ? usual : createRequire(join(installRoot(), 'package.json')).resolve(name))
  koffi = module.exports as Koffi
  return koffi
}

/** A stand-in for one libc function: gets its arguments, and for a call on a thread the callback as the last. */
export type StandIn = (...args: readonly unknown[]) => number

/**
 * Runs `step` without libc: a function with a stand-in, by its name, does what that does, every other succeeds and does
 * nothing. For a rehearsal, which only wants the code to have run: an addon could not be part of a startup snapshot.
 */
export async function withoutLibc<T>(standIns: Readonly<Record<string, StandIn>>, step: () => Promise<T>): Promise<T> {
  standIn = (prototype) => {
    const act = standIns[nameOf(prototype)]
    return Object.assign(act ?? (() => 0), {
      async: (...args: unknown[]) => (act ? act(...args) : (args.at(-1) as Done)(null, 0)),
    }) as Native
  }
  try {
    return await step()
  } finally {
    standIn = undefined
  }
}

/** The function with this C prototype, e.g. `int flock(int fd, int operation)`. */
function native(prototype: string, library = LIBC): Native {
  if (standIn) return standIn(prototype)
  let found = functions.get(prototype)
  if (!found) {
    found = loadLibrary(library).func(prototype) as unknown as Native
    functions.set(prototype, found)
  }
  return found
}

function loadLibrary(name: string): ReturnType<Koffi['load']> {
  let library = libraries.get(name)
  if (!library) {
    library = loadKoffi().load(name)
    libraries.set(name, library)
  }
  return library
}

/**
 * Calls a function of a shared library that a host may lack. Pointers are `intptr_t` in its prototype.
 * @throws Error when the library or the function is not there
 */
export function libraryCall(library: string, prototype: string, ...args: Arg[]): number {
  return native(prototype, library)(...args)
}

/** Calls a libc function whose result the caller knows to read. */
export function libc(prototype: string, ...args: Arg[]): number {
  return native(prototype)(...args)
}

/** Calls a libc function; a result below zero throws the errno as a Node system error (`code: 'EBUSY'`, …). */
export function syscall(prototype: string, ...args: Arg[]): number {
  const result = native(prototype)(...args)
  if (result < 0) throw systemError(loadKoffi().errno(), nameOf(prototype))
  return result
}

/**
 * Calls a blocking libc function on a worker thread. The errno of that thread cannot be read here, so a failure is
 * reported with the code `EFAILED`; use it only where waiting is the point and sure to end (waitpid of a program).
 */
export function syscallAsync(prototype: string, ...args: Arg[]): Promise<number> {
  return new Promise((resolve, reject) => {
    native(prototype).async(...args, (error, result) => {
      if (error) reject(error)
      else if (result < 0) reject(new EngineError('ERR_SYSCALL', nameOf(prototype)))
      else resolve(result)
    })
  })
}

function nameOf(prototype: string): string {
  return /(\w+)\s*\(/.exec(prototype)?.[1] ?? prototype
}

/**
 * Ends this process at once, if it can. Node's own end takes down V8 with its threads and syncs stdout and stderr, files
 * perhaps, to the disk: time that a user waits for. It is left to Node where libc is not there yet, and where Node has to
 * give back a standard stream as it was: others read and write it after us, and would not know what to do with EAGAIN.
 */
export function endNow(exitCode: number): void {
  if (!libraries.has(LIBC)) return
  const flags = [0, 1, 2].map((descriptor) =>
    libc('int fcntl(int fd, int command, int argument)', descriptor, GET_FLAGS, 0),
  )
  if (flags.every((each) => each === -1 || (each & NON_BLOCKING) === 0)) libc('void _exit(int status)', exitCode)
}

/** As Node's own: `code` and `errno` say which. @param what failed */
export function systemError(errno: number, what: string): NodeJS.ErrnoException {
  const [code, message] = getSystemErrorMap().get(-errno) ?? [`E${errno}`, `errno ${errno}`]
  const error: NodeJS.ErrnoException = new Error(`${what}: ${message}`)
  error.code = code
  error.errno = -errno
  error.syscall = what
  return error
}
