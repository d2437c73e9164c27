import {EngineError} from '../../errors/index.ts'
import {integerField, printable} from '../agent/message.ts'
import {openSandbox} from './live-sandbox.ts'
import {ociState} from './oci-state.ts'
import type {VmServices} from './services.ts'

export interface GuestProcess {
  readonly pid: number
  /** In the container's own pid namespace. */
  readonly containerPid: number
  readonly ppid: number
  readonly uid: number
  readonly gid: number
  readonly tty: string
  /** Of CPU time, and since its start. */
  readonly cpuSeconds: number
  readonly elapsedSeconds: number
  readonly state: string
  readonly rssBytes: number
  readonly args: readonly string[]
}

/** The processes of a container as its guest sees them; none of one that stopped. @throws ERR_OCI_CTR_UNKNOWN */
export async function containerProcesses(services: VmServices, id: string): Promise<GuestProcess[]> {
  if (ociState(services, id).status === 'stopped') return []
  using sandbox = await openSandbox(services, services.store.sandboxOf(id))
  const {ok} = await sandbox.agent.request('ps', {container: id})
  if (!Array.isArray(ok.processes)) throw new EngineError('ERR_AGENT_PROTOCOL', 'ps: no list')
  const [ticks, uptimeMs] = [integerField(ok, 'ticksPerSecond') || 100, integerField(ok, 'uptimeMs')]
  return ok.processes.map((entry: Record<string, unknown>) => ({
    pid: integerField(entry, 'pid'),
    ppid: integerField(entry, 'ppid'),
    uid: integerField(entry, 'uid'),
    gid: integerField(entry, 'gid'),
    containerPid: integerField(entry, 'containerPid'),
    tty: printable(String(entry.tty ?? '?')),
    cpuSeconds: (integerField(entry, 'userTicks') + integerField(entry, 'systemTicks')) / ticks,
    elapsedSeconds: Math.max(0, uptimeMs / 1000 - integerField(entry, 'startTicks') / ticks),
    state: printable(String(entry.state)),
    rssBytes: integerField(entry, 'rssBytes'),
    args: Array.isArray(entry.args) ? entry.args.map((word) => printable(String(word))) : [],
  }))
}
