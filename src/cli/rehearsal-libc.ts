import {type ChildProcess, type StdioOptions, spawn, spawnSync} from 'node:child_process'
import {constants, openSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import type {StandIn} from '../host/index.ts'

/** What `posix_spawn` was told about a child. */
interface ToldActions {
  readonly stdio: (number | 'ignore')[]
  cwd?: string
}

type Done = (error: Error | null, result: number) => void

/** Stand-ins for the libc functions that must do something, or nothing would follow: pipes, files, processes. */
export function standIns(directory: string): Readonly<Record<string, StandIn>> {
  const told = new Map<unknown, ToldActions>()
  const children = new Map<number, ChildProcess>()
  let files = 0
  const freshPath = (): string => join(directory, `.descriptor-${files++}`)
  return {
    socket: () => openSync('/dev/null', 'r+'),
    memfd_create: () => openTemporary(freshPath()),
    pipe2: (ends) => makePipe(freshPath(), ends as Buffer),
    fcntl: (descriptor) => descriptor as number,
    posix_spawn_file_actions_init: (actions) => noteActions(told, actions),
    posix_spawn_file_actions_adddup2: (actions, descriptor, number) =>
      noteDescriptor(told, actions, number as number, descriptor as number),
    posix_spawn_file_actions_addopen: (actions, number) => noteDescriptor(told, actions, number as number, 'ignore'),
    posix_spawn_file_actions_addchdir_np: (actions, path) => {
      const known = told.get(actions)
      if (known) known.cwd = path as string
      return 0
    },
    posix_spawnp: (pid, program, actions, _attributes, argv, envp) => {
      const child = start(program as string, argv as readonly string[], envp as readonly string[], told.get(actions))
      children.set(child.pid ?? 0, child)
      ;(pid as Buffer).writeInt32LE(child.pid ?? 0)
      return 0
    },
    waitpid: (pid, status, _options, done) => {
      children.get(pid as number)?.once('exit', (code) => {
        ;(status as Buffer).writeInt32LE((code ?? 0) << 8)
        ;(done as Done)(null, pid as number)
      })
      return 0
    },
  }
}

function openTemporary(path: string): number {
  const descriptor = openSync(path, 'wx+')
  rmSync(path)
  return descriptor
}

function makePipe(path: string, ends: Buffer): number {
  spawnSync('mkfifo', [path])
  ends.writeInt32LE(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), 0)
  ends.writeInt32LE(openSync(path, 'w'), 4)
  rmSync(path)
  return 0
}

function noteActions(told: Map<unknown, ToldActions>, actions: unknown): number {
  told.set(actions, {stdio: []})
  return 0
}

function noteDescriptor(
  told: ReadonlyMap<unknown, ToldActions>,
  actions: unknown,
  number: number,
  source: number | 'ignore',
): number {
  const stdio = told.get(actions)?.stdio
  if (stdio) stdio[number] = source
  return 0
}

function start(
  program: string,
  [, ...args]: readonly string[],
  envp: readonly (string | null)[],
  told: ToldActions | undefined,
): ChildProcess {
  const env = Object.fromEntries(envp.flatMap((entry) => (entry === null ? [] : [split(entry)])))
  return spawn(
    program,
    args.filter((arg) => arg !== null),
    {env, cwd: told?.cwd, stdio: told?.stdio as StdioOptions},
  )
}

function split(entry: string): [string, string] {
  const at = entry.indexOf('=')
  return [entry.slice(0, at), entry.slice(at + 1)]
}
