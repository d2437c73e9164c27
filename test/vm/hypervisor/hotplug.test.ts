import {describe, expect, it} from 'vitest'
import type {MachineRecord} from '../../../src/vm/hypervisor/hypervisor.ts'
import {plugDevice, unplugDevice} from '../../../src/vm/hypervisor/qemu/hotplug.ts'
import {QmpClient} from '../../../src/vm/hypervisor/qemu/qmp-client.ts'
import {temporaryDirectory} from '../../helpers/temporary-directory.ts'
import {qmpServer} from './qmp-server.ts'

const record: MachineRecord = {
  directory: '/nowhere',
  process: {pid: 1, startTicks: 1},
  ports: {a: 0},
  hotplugPorts: 2,
  memoryMiB: 512,
  maximumMemoryMiB: 1024,
  vcpus: 1,
  maximumVcpus: 2,
}
const disk = {kind: 'disk', id: 'b', path: '/x.img', serial: 's', readOnly: true} as const

describe('hot-plug', () => {
  it('takes the first free port', async () => {
    await using directory = temporaryDirectory()
    await using server = await qmpServer(directory.path)
    using client = await QmpClient.connect(server.path, 1000)
    expect(await plugDevice(client, record, disk)).toEqual({a: 0, b: 1})
    expect(server.received.at(-1)).toMatchObject({
      execute: 'device_add',
      arguments: {driver: 'virtio-blk-pci', bus: 'port1', serial: 's'},
    })
  })

  it('refuses when all ports are taken', async () => {
    await using directory = temporaryDirectory()
    await using server = await qmpServer(directory.path)
    using client = await QmpClient.connect(server.path, 1000)
    const full = {...record, ports: {a: 0, c: 1}}
    await expect(plugDevice(client, full, disk)).rejects.toMatchObject({code: 'ERR_QMP'})
    expect(server.received).toHaveLength(1)
  })

  it('takes the back end away again when the device is refused', async () => {
    await using directory = temporaryDirectory()
    await using server = await qmpServer(directory.path, (command) =>
      command === 'device_add' ? {error: {class: 'GenericError', desc: 'no'}} : {return: {}},
    )
    using client = await QmpClient.connect(server.path, 1000)
    await expect(plugDevice(client, record, disk)).rejects.toMatchObject({code: 'ERR_QMP'})
    expect(server.received.map(({execute}) => execute)).toContain('blockdev-del')
  })

  it('waits for the guest before it removes the back end', async () => {
    await using directory = temporaryDirectory()
    await using server = await qmpServer(directory.path)
    using client = await QmpClient.connect(server.path, 1000)
    const removed = unplugDevice(client, record, 'a')
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(server.received.map(({execute}) => execute)).not.toContain('blockdev-del')
    server.say('{"event": "DEVICE_DELETED", "data": {"device": "a"}}\n')
    expect(await removed).toEqual({})
  })

  it('has nothing to do for a device that is not there', async () => {
    await using directory = temporaryDirectory()
    await using server = await qmpServer(directory.path)
    using client = await QmpClient.connect(server.path, 1000)
    expect(await unplugDevice(client, record, 'zzz')).toEqual({a: 0})
    expect(server.received).toHaveLength(1)
  })
})
