import {closeSync, constants} from 'node:fs'
import {libc, syscall, syscallAsync, systemError} from './native.ts'
import {startError} from './start-error.ts'

export interface PosixSpawnOptions {
  /** All of its environment; default ours. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** In a session of its own, so that no terminal's signal reaches it. */
  readonly newSession?: boolean
  /** By the child's number: a descriptor of ours, or /dev/null. The child has no others. */
  readonly descriptors: readonly (number | 'null')[]
}

/** Sizes of glibc's structures, which have never changed, with room to spare. */
const ACTIONS_BYTES = 128
const ATTRIBUTES_BYTES = 512
const SIGNAL_SET_BYTES = 128

const SET_SIGNAL_DEFAULTS = 0x04
const SET_SIGNAL_MASK = 0x08
const SET_SESSION = 0x80
const DUPLICATE_ABOVE = 1030

const ACTIONS = 'void *actions'
const ATTRIBUTES = 'void *attributes'

/**
 * Starts a program without copying this process's memory map first: Node forks, which costs some 5 ms for a heap of a
 * hundred megabytes, and `posix_spawn` does not. Whoever calls this must also call `exitOf`. Returns the pid.
 * @throws ERR_PROGRAM_MISSING; a system error otherwise
 */
export function posixSpawn(program: string, args: readonly string[], options: PosixSpawnOptions): number {
  const pid = Buffer.alloc(4)
  const moved: number[] = []
  const actions = fileActions(options, moved)
  const attributes = attributesOf(options)
  try {
    const failure = libc(
      'int posix_spawnp(void *pid, const char *file, void *actions, void *attributes, const char **argv, const char **envp)',
      ...[pid, program, actions, attributes, [program, ...args, null], environment(options.env ?? process.env)],
    )
    if (failure !== 0) throw startError(program, systemError(failure, `spawn ${program}`))
    return pid.readInt32LE()
  } finally {
    libc(`int posix_spawn_file_actions_destroy(${ACTIONS})`, actions)
    libc(`int posix_spawnattr_destroy(${ATTRIBUTES})`, attributes)
    for (const descriptor of moved) closeSync(descriptor)
  }
}

/** Waits for the end of a program started by `posixSpawn`: its exit code, or 128 and the number of the signal that ended it. */
export async function exitOf(pid: number): Promise<number> {
  const status = Buffer.alloc(4)
  await syscallAsync('int waitpid(int pid, void *status, int options)', pid, status, 0)
  const [signal, code] = [status.readInt32LE() & 0x7f, (status.readInt32LE() >> 8) & 0xff]
  return signal === 0 ? code : 128 + signal
}

/** A pipe whose ends no child gets unasked. */
export function pipe(): {readonly readEnd: number; readonly writeEnd: number} {
  const ends = Buffer.alloc(8)
  syscall('int pipe2(void *ends, int flags)', ends, 0o2000000)
  return {readEnd: ends.readInt32LE(0), writeEnd: ends.readInt32LE(4)}
}

function fileActions({descriptors, cwd}: PosixSpawnOptions, moved: number[]): Buffer {
  const actions = Buffer.alloc(ACTIONS_BYTES)
  libc(`int posix_spawn_file_actions_init(${ACTIONS})`, actions)
  const sources = descriptors.map((source) => (source === 'null' ? source : outOfTheWay(source, descriptors, moved)))
  for (const [number, source] of sources.entries()) {
    if (source === 'null')
      libc(
        `int posix_spawn_file_actions_addopen(${ACTIONS}, int fd, const char *path, int flags, unsigned int mode)`,
        ...[actions, number, '/dev/null', constants.O_RDWR, 0],
      )
    else libc(`int posix_spawn_file_actions_adddup2(${ACTIONS}, int fd, int number)`, actions, source, number)
  }
  if (cwd) libc(`int posix_spawn_file_actions_addchdir_np(${ACTIONS}, const char *path)`, actions, cwd)
  return actions
}

/** A descriptor with a number that the child uses for another would be replaced before it is copied. */
function outOfTheWay(source: number, descriptors: PosixSpawnOptions['descriptors'], moved: number[]): number {
  if (source >= descriptors.length || descriptors[source] === source) return source
  const copy = syscall('int fcntl(int fd, int command, int least)', source, DUPLICATE_ABOVE, descriptors.length)
  if (copy !== source) moved.push(copy)
  return copy
}

/** Signals as a fresh program expects them: Node ignores some, and that would be inherited. */
function attributesOf({newSession}: PosixSpawnOptions): Buffer {
  const attributes = Buffer.alloc(ATTRIBUTES_BYTES)
  const [all, none] = [Buffer.alloc(SIGNAL_SET_BYTES), Buffer.alloc(SIGNAL_SET_BYTES)]
  libc('int sigfillset(void *set)', all)
  libc(`int posix_spawnattr_init(${ATTRIBUTES})`, attributes)
  libc(`int posix_spawnattr_setsigdefault(${ATTRIBUTES}, void *set)`, attributes, all)
  libc(`int posix_spawnattr_setsigmask(${ATTRIBUTES}, void *set)`, attributes, none)
  const flags = SET_SIGNAL_DEFAULTS | SET_SIGNAL_MASK | (newSession ? SET_SESSION : 0)
  libc(`int posix_spawnattr_setflags(${ATTRIBUTES}, short flags)`, attributes, flags)
  return attributes
}

function environment(variables: Readonly<Record<string, string | undefined>>): (string | null)[] {
  return [
    ...Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`])),
    null,
  ]
}
