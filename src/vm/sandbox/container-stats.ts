import {EngineError} from '../../errors/index.ts'
import {openSandbox} from './live-sandbox.ts'
import {ociState} from './oci-state.ts'
import type {VmServices} from './services.ts'

type Numbers = Readonly<Record<string, unknown>>

/** Usage of a container, measured in its guest, in the form of runc's events. @throws ERR_OCI_STATE when it stopped */
export async function containerStats(services: VmServices, id: string): Promise<object> {
  if (ociState(services, id).status === 'stopped')
    throw new EngineError('ERR_OCI_STATE', `container with id ${id} is not running`)
  using sandbox = await openSandbox(services, services.store.sandboxOf(id))
  const {ok} = await sandbox.agent.request('stats', {container: id})
  const [cpu, memory, pids] = [group(ok.cpu), group(ok.memory), group(ok.pids)]
  return {
    cpu: {
      usage: {total: nanoseconds(cpu.usageUsec), kernel: nanoseconds(cpu.systemUsec), user: nanoseconds(cpu.userUsec)},
      throttling: {
        periods: count(cpu.periods),
        throttledPeriods: count(cpu.throttledPeriods),
        throttledTime: nanoseconds(cpu.throttledUsec),
      },
    },
    memory: {
      usage: {usage: count(memory.usage), limit: limit(memory.limit), max: count(memory.peak), failcnt: 0},
      swap: {usage: count(memory.swap), limit: limit(memory.swapLimit), failcnt: 0},
      raw: memory,
    },
    pids: {current: count(pids.current), limit: limit(pids.limit)},
    blkio: {ioServiceBytesRecursive: list(ok.io).flatMap(ioEntries)},
    network_interfaces: list(ok.network).map(interfaceEntry),
  }
}

function group(value: unknown): Numbers {
  return typeof value === 'object' && value !== null ? (value as Numbers) : {}
}

function list(value: unknown): Numbers[] {
  return Array.isArray(value) ? value.map(group) : []
}

function count(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : 0
}

function nanoseconds(microseconds: unknown): number {
  return count(microseconds) * 1000
}

/** No limit is the largest number that a reader of 64-bit integers and JavaScript agree on. */
function limit(value: unknown): number {
  return value === null || value === undefined ? Number.MAX_SAFE_INTEGER : count(value)
}

function ioEntries(entry: Numbers): object[] {
  const [major, minor] = String(entry.device).split(':').map(Number)
  const one = (op: string, value: unknown) => ({major: count(major), minor: count(minor), op, value: count(value)})
  return [one('Read', entry.readBytes), one('Write', entry.writeBytes)]
}

function interfaceEntry(entry: Numbers): object {
  return {
    Name: String(entry.name).slice(0, 15),
    RxBytes: count(entry.rxBytes),
    RxPackets: count(entry.rxPackets),
    RxErrors: count(entry.rxErrors),
    RxDropped: count(entry.rxDropped),
    TxBytes: count(entry.txBytes),
    TxPackets: count(entry.txPackets),
    TxErrors: count(entry.txErrors),
    TxDropped: count(entry.txDropped),
  }
}
