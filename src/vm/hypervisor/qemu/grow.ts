import {EngineError} from '../../../errors/index.ts'
import type {MachineRecord} from '../hypervisor.ts'
import type {QmpClient} from './qmp-client.ts'
import {isRecord} from './qmp-message.ts'

export interface Growth {
  readonly memoryMiB: number
  readonly vcpus: number
}

/** Linux onlines memory in blocks of this size on x86. */
const BLOCK_MIB = 128

/** Plugs one DIMM. The guest's agent brings it online. */
export async function addMemory(qmp: QmpClient, record: MachineRecord, mebibytes: number): Promise<Growth> {
  const {memoryMiB, maximumMemoryMiB, vcpus} = record
  const added = Math.ceil(mebibytes / BLOCK_MIB) * BLOCK_MIB
  if (memoryMiB + added > maximumMemoryMiB) {
    const detail = `memory of ${memoryMiB + added} MiB: the machine's maximum is ${maximumMemoryMiB} MiB`
    throw new EngineError('ERR_QMP', detail)
  }
  const id = `dimm-${memoryMiB}`
  const properties = {'qom-type': 'memory-backend-memfd', id: `${id}-memory`, share: true}
  await qmp.execute('object-add', {...properties, size: added * 1024 * 1024})
  try {
    await qmp.execute('device_add', {driver: 'pc-dimm', id, memdev: `${id}-memory`})
  } catch (error) {
    await qmp.execute('object-del', {id: `${id}-memory`}).catch(() => {})
    throw error
  }
  return {memoryMiB: memoryMiB + added, vcpus}
}

/** Plugs vCPUs into free sockets until there are `total`. */
export async function addVcpus(qmp: QmpClient, record: MachineRecord, total: number): Promise<Growth> {
  const {memoryMiB, maximumVcpus} = record
  if (total > maximumVcpus) throw new EngineError('ERR_QMP', `${total} vCPUs: the machine's maximum is ${maximumVcpus}`)
  const free = freeSockets(await qmp.execute('query-hotpluggable-cpus'))
  const wanted = free.slice(0, Math.max(0, total - record.vcpus))
  for (const [index, {driver, properties}] of wanted.entries())
    await qmp.execute('device_add', {...properties, driver, id: `vcpu-${record.vcpus + index}`})
  return {memoryMiB, vcpus: record.vcpus + wanted.length}
}

function freeSockets(answer: unknown): {readonly driver: string; readonly properties: Record<string, unknown>}[] {
  if (!Array.isArray(answer)) throw new EngineError('ERR_QMP_PROTOCOL', 'query-hotpluggable-cpus: no list')
  return answer
    .filter((entry) => isRecord(entry) && !('qom-path' in entry) && isRecord(entry.props))
    .map((entry) => ({driver: String(entry.type), properties: {...entry.props}}))
    .reverse()
}
