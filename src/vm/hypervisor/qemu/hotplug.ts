import {EngineError, hasCode} from '../../../errors/index.ts'
import type {Device, MachineRecord} from '../hypervisor.ts'
import type {QmpClient} from './qmp-client.ts'

const UNPLUG_DEADLINE_MS = 10_000

type Ports = MachineRecord['ports']

/** Adds back end and device in a free root port; on failure nothing is left of it. Returns the ports in use. */
export async function plugDevice(qmp: QmpClient, record: MachineRecord, device: Device): Promise<Ports> {
  const port = freePort(record, device.id)
  await addBackend(qmp, device)
  try {
    await qmp.execute('device_add', {...frontend(device), id: device.id, bus: `port${port}`})
  } catch (error) {
    await removeBackend(qmp, device.id).catch(() => {})
    throw error
  }
  return {...record.ports, [device.id]: port}
}

/** Asks the guest to let the device go, waits until it has, and removes its back end. */
export async function unplugDevice(qmp: QmpClient, record: MachineRecord, id: string): Promise<Ports> {
  const {[id]: port, ...others} = record.ports
  if (port === undefined) return record.ports
  const gone = deviceGone(qmp, id)
  try {
    await qmp.execute('device_del', {id})
    await gone.promise
  } catch (error) {
    // An earlier attempt may have taken the device but died before the back end.
    if (!hasCode(error, 'ERR_QMP') || !error.message.includes('not found')) throw error
  } finally {
    gone.cancel()
  }
  await removeBackend(qmp, id)
  return others
}

function freePort(record: MachineRecord, id: string): number {
  const used = new Set(Object.values(record.ports))
  for (let port = 0; port < record.hotplugPorts; port++) if (!used.has(port)) return port
  throw new EngineError('ERR_QMP', `no port is free for ${id}: the machine has ${record.hotplugPorts}`)
}

async function addBackend(qmp: QmpClient, device: Device): Promise<void> {
  if (device.kind === 'network') {
    const {id, tap} = device
    await qmp.execute('netdev_add', {type: 'tap', id, ifname: tap, script: 'no', downscript: 'no', vhost: false})
    return
  }
  const file = {driver: device.path.startsWith('/dev/') ? 'host_device' : 'file', filename: device.path}
  await qmp.execute('blockdev-add', {
    ...{driver: 'raw', 'node-name': device.id, 'read-only': device.readOnly, discard: 'unmap'},
    // A read-only image is shared by many machines, which a lock on it would forbid.
    file: {...file, 'read-only': device.readOnly, locking: device.readOnly ? 'off' : 'auto'},
  })
}

function frontend(device: Device): Record<string, unknown> {
  if (device.kind === 'network')
    return {driver: 'virtio-net-pci', netdev: device.id, mac: device.mac, host_mtu: device.mtu, romfile: ''}
  return {driver: 'virtio-blk-pci', drive: device.id, serial: device.serial}
}

async function removeBackend(qmp: QmpClient, id: string): Promise<void> {
  const attempts = [qmp.execute('blockdev-del', {'node-name': id}), qmp.execute('netdev_del', {id})]
  const results = await Promise.allSettled(attempts)
  const all = results.every((result) => result.status === 'rejected')
  const used = results.find((result) => result.status === 'rejected' && /in use|busy/i.test(String(result.reason)))
  if (all && used?.status === 'rejected') throw used.reason
}

function deviceGone(qmp: QmpClient, id: string): {readonly promise: Promise<void>; cancel(): void} {
  let stop = () => {}
  const promise = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new EngineError('ERR_QMP', `guest did not release ${id} in ${UNPLUG_DEADLINE_MS} ms`)),
      UNPLUG_DEADLINE_MS,
    )
    const unsubscribe = qmp.onEvent((event) => {
      if (event.name === 'DEVICE_DELETED' && event.data.device === id) resolve()
    })
    stop = () => {
      clearTimeout(timer)
      unsubscribe()
    }
  })
  promise.catch(() => {})
  return {promise, cancel: () => stop()}
}
