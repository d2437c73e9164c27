import type {RuntimeProcess} from '../../../oci/runtime/index.ts'
import type {TopContext} from './columns.ts'
import type {ProcessInfo} from './read-process.ts'

const TICKS_PER_SECOND = 100
const NS_PER_SECOND = 1_000_000_000

/**
 * Processes as their runtime tells them, in the form that /proc has: those of a container in a virtual machine are no
 * processes of this host. What the runtime does not tell stays empty.
 */
export function processesOfRuntime(processes: readonly RuntimeProcess[], uptimeNs: bigint): readonly ProcessInfo[] {
  const uptimeSeconds = Number(uptimeNs) / NS_PER_SECOND
  return processes.map((process) => ({
    pid: process.pid,
    stat: statOf(process, uptimeSeconds),
    status: {
      NSpid: `${process.pid}\t${process.containerPid}`,
      Uid: Array(4).fill(process.uid).join('\t'),
      Gid: Array(4).fill(process.gid).join('\t'),
      Groups: String(process.gid),
      VmRSS: `${Math.round(process.rssBytes / 1024)} kB`,
    },
    args: process.args,
    label: '?',
  }))
}

/** Ids in a guest need no mapping; names are those of the root filesystem. */
export function guestContext(context: TopContext, processes: readonly RuntimeProcess[]): TopContext {
  return {
    ...context,
    containerUid: (uid) => uid,
    containerGid: (gid) => gid,
    containerPids: new Map(processes.map(({pid, containerPid}) => [pid, containerPid])),
  }
}

/** @see proc(5), /proc/pid/stat: the fields that columns read */
function statOf(process: RuntimeProcess, uptimeSeconds: number): string[] {
  const stat = Array<string>(22).fill('0')
  const [program = ''] = process.args
  stat[0] = String(process.pid)
  stat[1] = program.slice(program.lastIndexOf('/') + 1)
  stat[2] = process.state
  stat[3] = String(process.ppid)
  stat[13] = String(Math.round(process.cpuSeconds * TICKS_PER_SECOND))
  stat[21] = String(Math.max(0, Math.round((uptimeSeconds - process.elapsedSeconds) * TICKS_PER_SECOND)))
  return stat
}
