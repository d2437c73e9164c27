import {readdirSync, readFileSync, readlinkSync} from 'node:fs'
import {join} from 'node:path'

export interface Leaks {
  /** Mount points below the directory, deepest first. */
  readonly mounts: readonly string[]
  /** `PID COMMAND` of processes that work on the directory. */
  readonly processes: readonly string[]
  /** cgroups named after one of the containers. */
  readonly cgroups: readonly string[]
  /** Files named after one of the containers, but for exit codes, which are kept a while for who waits. */
  readonly files: readonly string[]
}

/**
 * What an engine whose root and run directories lie below `directory` has left behind.
 * @param ids full ids of the containers it had
 */
export function findLeaks(directory: string, ids: readonly string[] = []): Leaks {
  return {
    mounts: mountsBelow(directory),
    processes: processesUsing(directory).map(({pid, command}) => `${pid} ${command}`),
    cgroups: ids.length > 0 ? pathsNamed('/sys/fs/cgroup', ids, 6) : [],
    files: ids.length > 0 ? pathsNamed(directory, ids, 8).filter((path) => !path.includes('/exit-codes/')) : [],
  }
}

export function isClean(leaks: Leaks): boolean {
  return Object.values(leaks).every((found: readonly string[]) => found.length === 0)
}

/** Mount points at or below `directory`, deepest first. */
export function mountsBelow(directory: string): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => unescapeOctal(line.split(' ')[4] ?? ''))
    .filter((point) => point === directory || point.startsWith(`${directory}/`))
    .sort()
    .reverse()
}

export interface RunningProcess {
  readonly pid: number
  readonly command: string
}

/** Processes with the directory on their command line, or that live in a mount namespace whose files come from it. */
export function processesUsing(directory: string): RunningProcess[] {
  const own = readlinkSync('/proc/self/ns/mnt')
  return otherProcesses().filter(({pid, command}) => {
    if (command.includes(directory)) return true
    return namespaceOf(pid) !== own && livesOn(directory, pid)
  })
}

/**
 * A container has mounts from the directory at places of its own. A mount that merely shows up at its old place was
 * propagated: that namespace belongs to somebody else, the machine's init for one.
 */
function livesOn(directory: string, pid: number): boolean {
  return read(`/proc/${pid}/mountinfo`)
    .split('\n')
    .some((line) => line.includes(directory) && !(line.split(' ')[4] ?? '').startsWith(directory))
}

/** Processes that inherited this variable. */
export function processesWithVariable(name: string, value: string): RunningProcess[] {
  return otherProcesses().filter(({pid}) => read(`/proc/${pid}/environ`).split('\0').includes(`${name}=${value}`))
}

function otherProcesses(): RunningProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid && name !== '1')
    .map((name) => ({pid: Number(name), command: read(`/proc/${name}/cmdline`).split('\0').join(' ').trim()}))
    .filter(({command}) => command !== '')
}

function namespaceOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`)
  } catch {
    return ''
  }
}

function pathsNamed(directory: string, names: readonly string[], depth: number): string[] {
  if (depth === 0) return []
  return entries(directory).flatMap((entry) => {
    const path = join(directory, entry.name)
    if (names.some((name) => entry.name.includes(name))) return [path]
    return entry.isDirectory() ? pathsNamed(path, names, depth - 1) : []
  })
}

function entries(directory: string) {
  try {
    return readdirSync(directory, {withFileTypes: true})
  } catch {
    return []
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** mountinfo writes space, tab, newline and backslash as octal. */
function unescapeOctal(text: string): string {
  return text.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
