import {execFileSync} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync, writeFileSync} from 'node:fs'
import {createServer, type Server} from 'node:net'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {temporaryDirectory} from '../helpers/temporary-directory.ts'
import type {AgentConnection} from './agent-connection.ts'
import {containerSpec, execIn, fillRootfs, processSpec} from './container.ts'
import {GuestVm, missingForVm} from './guest-vm.ts'
import {qmp} from './qmp.ts'

const missing = missingForVm()
const otherMac = '52:54:00:12:34:57'
const mac = '52:54:00:be:47:01'

describe.skipIf(missing)(`devices of the guest${missing ? ` (${missing})` : ''}`, () => {
  const directory = temporaryDirectory()
  let vm: GuestVm
  let control: AgentConnection
  let server: Server

  beforeAll(async () => {
    const at = (name: string) => join(directory.path, name)
    mkdirSync(at('tree'))
    fillRootfs(at('tree'))
    execFileSync('mkfs.erofs', ['--quiet', at('base.erofs'), at('tree')])
    writeFileSync(at('plugged'), 'plugged later'.padEnd(4096, '\0'))
    execFileSync('truncate', ['-s', '64M', at('scratch.ext4')])
    execFileSync('mkfs.ext4', ['-q', at('scratch.ext4')])
    server = createServer((socket) => socket.end('from the host\n'))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    vm = GuestVm.start({
      qemuArgs: [
        ...['-drive', `file=${at('base.erofs')},if=none,id=base,format=raw,readonly=on`],
        ...['-device', 'virtio-blk-pci,drive=base,serial=base'],
        ...['-drive', `file=${at('scratch.ext4')},if=none,id=scratch,format=raw`],
        ...['-device', 'virtio-blk-pci,drive=scratch,serial=scratch'],
        ...['-netdev', 'user,id=net', '-device', `virtio-net-pci,netdev=net,mac=${mac}`],
        ...['-netdev', 'user,id=other', '-device', `virtio-net-pci,netdev=other,mac=${otherMac}`],
        ...['-device', 'pcie-root-port,id=port0,chassis=1', '-qmp', `unix:${at('qmp.sock')},server=on,wait=off`],
      ],
    })
    control = await vm.connect()
    await control.request({op: 'ping'})
  })

  afterAll(async () => {
    await control?.[Symbol.asyncDispose]()
    await vm?.[Symbol.asyncDispose]()
    server?.close()
    await directory[Symbol.asyncDispose]()
  })

  test('a container on an erofs disk with its changes on another', async () => {
    const base = '/run/berth/share/base'
    const changes = '/run/berth/share/scratch'
    const overlay = [`lowerdir=${base}`, `upperdir=${changes}/c/upper`, `workdir=${changes}/c/work`]
    await control.request({
      op: 'mount',
      mounts: [
        {type: 'erofs', source: 'serial:base', target: base, options: ['ro']},
        {type: 'ext4', source: 'serial:scratch', target: changes},
        {type: 'overlay', target: '/run/berth/ctr/c/rootfs', options: overlay},
      ],
    })
    const script = 'echo changed > /etc/passwd; rm /bin/yes; cat /etc/passwd; ls /bin/yes; exec sleep 1000'
    await control.request({op: 'create', container: 'c'}, containerSpec('c', processSpec(['sh', '-c', script])))
    await control.request({op: 'start', container: 'c'})
    await using relay = await execIn(
      vm,
      control,
      'c',
      processSpec(['sh', '-c', 'until grep changed /etc/passwd; do sleep 0.05; done; ls /bin/yes']),
    )
    expect((await relay.ended()).code).not.toBe(0)
    expect(relay.stdout).toContain('changed\n')
    const {tail} = await control.ask({op: 'read-file', path: `${changes}/c/upper/etc/passwd`})
    expect(tail.toString()).toBe('changed\n')
    await control.request({op: 'freeze-filesystems', targets: [changes]})
    await control.request({op: 'thaw-filesystems', targets: [changes]})
  })

  test('a disk that does not come is reported after a while, one that is plugged meanwhile is found', async () => {
    const waiting = control.request({op: 'block-devices', serials: ['base', 'plugged']})
    const file = {driver: 'file', filename: join(directory.path, 'plugged'), 'node-name': 'plugged'}
    await qmp(
      join(directory.path, 'qmp.sock'),
      {execute: 'blockdev-add', arguments: file},
      {
        execute: 'device_add',
        arguments: {driver: 'virtio-blk-pci', drive: 'plugged', serial: 'plugged', bus: 'port0', id: 'plugged'},
      },
    )
    const {devices} = (await waiting) as {devices: {serial: string; name: string; major: number; minor: number}[]}
    expect(devices.map(({serial}) => serial)).toEqual(['base', 'plugged'])
    expect(devices[1]).toMatchObject({name: expect.stringMatching(/^vd[a-z]$/), major: 254})
    const none = await control.ask({op: 'block-devices', serials: ['never']})
    expect(none.error).toEqual({code: 'no-such-device', message: 'no disk with serial never'})
  })

  test('a disk is quiesced and bound again', async () => {
    await control.request({op: 'quiesce', disks: ['plugged']})
    await control.request({op: 'rebind'})
    expect(await control.request({op: 'block-devices', serials: ['plugged']})).toMatchObject({
      devices: [{serial: 'plugged'}],
    })
  })

  test('network cards exchange their names', async () => {
    const names = 'for card in eth0 eth1; do cat /sys/class/net/$card/address; done'
    for (const order of [
      [otherMac, mac],
      [mac, otherMac],
    ]) {
      const links = order.map((each, index) => ({mac: each, name: `eth${index}`, addresses: []}))
      await control.request({op: 'configure', network: {links}})
      await using relay = await execIn(vm, control, 'c', processSpec(['sh', '-c', names]))
      await relay.ended()
      expect(relay.stdout.trim().split(/\s+/)).toEqual(order)
    }
  })

  test('the network card has its name, addresses and routes, and reaches the host', async () => {
    const network = {
      links: [{mac, name: 'eth7', mtu: 1400, addresses: ['10.0.2.15/24', 'fec0::15/64']}],
      routes: [
        {gateway: '10.0.2.2', link: 'eth7'},
        {destination: '10.9.0.0/16', gateway: '10.0.2.3', link: 'eth7', metric: 7},
      ],
    }
    await control.request({op: 'configure', network, dns: {servers: ['10.0.2.3'], search: ['example.org']}})
    // Once more: the same again replaces, it does not fail.
    await control.request({op: 'configure', network})
    const {port} = server.address() as {port: number}
    const script = `ip addr show eth7; ip route; ip -6 addr show eth7; nc 10.0.2.2 ${port}`
    await using relay = await execIn(vm, control, 'c', processSpec(['sh', '-c', script]))
    await relay.ended()
    expect(relay.stdout).toMatch(/mtu 1400/)
    expect(relay.stdout).toContain('inet 10.0.2.15/24 brd 10.0.2.255')
    expect(relay.stdout).toContain('inet6 fec0::15/64')
    expect(relay.stdout).toContain('default via 10.0.2.2 dev eth7')
    expect(relay.stdout).toContain('10.9.0.0/16 via 10.0.2.3 dev eth7')
    expect(relay.stdout).toContain('from the host\n')
    const stats = (await control.request({op: 'stats', container: 'c'})) as {network: {name: string; rxBytes: number}[]}
    expect(stats.network.find(({name}) => name === 'eth7')?.rxBytes).toBeGreaterThan(0)
  })

  test('a link that is not there is named as missing', async () => {
    const links = [{mac: '52:54:00:00:00:99', name: 'eth9', addresses: []}]
    expect((await control.ask({op: 'configure', network: {links}})).error?.code).toBe('no-such-device')
  })

  test('shutdown ends containers and the machine', async () => {
    await using relay = await execIn(vm, control, 'c', processSpec(['sleep', '1000']))
    const stopped = once(vm.qemu, 'exit')
    await control.request({op: 'shutdown', timeoutMs: 100})
    expect(await relay.ended()).toEqual({code: null, signal: 'SIGKILL'})
    expect(await stopped).toEqual([0, null])
  })
})
