import {readdirSync, readFileSync, readlinkSync} from 'node:fs'
import {isErrno} from '../../../errors/index.ts'

/** What /proc tells of one process. Ids are as the host sees them; `namespacePids` as each pid namespace does, ours first. */
export interface ProcessInfo {
  readonly pid: number
  readonly stat: readonly string[]
  readonly status: Readonly<Record<string, string>>
  readonly args: readonly string[]
  readonly label: string
}

/** Processes in the pid namespace of `pid`, in order of their pids. One that ends meanwhile is left out. */
export function processesInNamespaceOf(pid: number): readonly ProcessInfo[] {
  const namespace = namespaceOf(pid)
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => namespace !== undefined && namespaceOf(candidate) === namespace)
    .sort((a, b) => a - b)
    .flatMap((candidate) => readProcess(candidate) ?? [])
}

/** @see proc(5): stat's command is in parentheses, and may hold parentheses and spaces */
function readProcess(pid: number): ProcessInfo | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const end = stat.lastIndexOf(')')
    return {
      pid,
      stat: [
        String(pid),
        stat.slice(stat.indexOf('(') + 1, end),
        ...stat
          .slice(end + 2)
          .trim()
          .split(' '),
      ],
      status: parseStatus(readFileSync(`/proc/${pid}/status`, 'utf8')),
      args: readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1),
      label: readLabel(pid),
    }
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH')) return undefined
    throw error
  }
}

function parseStatus(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text.split('\n').map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1).trim()]
    }),
  )
}

function readLabel(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/attr/current`, 'utf8').replace(/[\0\n]/g, '') || '?'
  } catch (error) {
    if (isErrno(error, 'EINVAL', 'ENOENT', 'EACCES', 'EOPNOTSUPP')) return '?'
    throw error
  }
}

/** Of the pid namespace; undefined when the process is gone or not ours to look at. */
function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`)
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH', 'EACCES')) return undefined
    throw error
  }
}
