import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {outputOf, runCommand} from '../helpers/command.ts'
import {waitUntil} from '../helpers/wait-until.ts'
import {noLeaks, skipReason, VmHarness} from './vm-harness.ts'

const MAC = '02:00:00:00:be:01'

/** Two namespaces joined by a veth pair: `inside` is the container's, `outside` stands for the world. */
class Wire implements AsyncDisposable {
  readonly inside = `bt-in-${process.pid}`
  readonly outside = `bt-out-${process.pid}`

  async up(): Promise<this> {
    const {inside, outside} = this
    for (const words of [
      `netns add ${inside}`,
      `netns add ${outside}`,
      `-n ${inside} link add eth0 address ${MAC} mtu 1400 type veth peer name world mtu 1400 netns ${outside}`,
      `-n ${inside} addr add 10.99.1.2/24 dev eth0`,
      `-n ${inside} addr add fd99::2/64 dev eth0 nodad`,
      `-n ${inside} link set eth0 up`,
      `-n ${outside} addr add 10.99.1.1/24 dev world`,
      `-n ${outside} addr add fd99::1/64 dev world nodad`,
      `-n ${outside} link set world up`,
      `-n ${outside} link set lo up`,
      `-n ${inside} route add default via 10.99.1.1`,
      `-n ${inside} route add 10.77.0.0/16 via 10.99.1.1 metric 50`,
    ])
      await outputOf('ip', words.split(' '))
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await runCommand('ip', ['netns', 'del', this.inside])
    await runCommand('ip', ['netns', 'del', this.outside])
  }
}

describe.skipIf(skipReason !== undefined)(`network of a sandbox${skipReason ? ` (${skipReason})` : ''}`, () => {
  let vm: VmHarness
  let wire: Wire
  let id = ''

  beforeAll(async () => {
    vm = await VmHarness.open()
    wire = await new Wire().up()
    const created = await vm.create({
      args: ['sh', '-c', 'while :; do echo from the guest | nc -l -p 80; done'],
      change: (spec) => {
        for (const namespace of spec.linux?.namespaces ?? [])
          if (namespace.type === 'network') namespace.path = `/run/netns/${wire.inside}`
        if (spec.linux) spec.linux.sysctl = {'net.ipv4.ip_default_ttl': '77', 'kernel.msgmax': '9001'}
      },
    })
    id = created.id
    await vm.ok('start', id)
  })

  afterAll(async () => {
    await vm?.[Symbol.asyncDispose]()
    await wire?.[Symbol.asyncDispose]()
  })

  it("has the namespace's addresses, MAC, MTU, routes and sysctls", async () => {
    const links = await vm.exec(id, 'ip addr show eth0')
    expect(links).toContain(`link/ether ${MAC}`)
    expect(links).toContain('mtu 1400')
    expect(links).toContain('inet 10.99.1.2/24')
    expect(links).toContain('inet6 fd99::2/64')
    const routes = await vm.exec(id, 'ip route')
    expect(routes).toMatch(/default via 10\.99\.1\.1 dev eth0/)
    expect(routes).toMatch(/10\.77\.0\.0\/16 via 10\.99\.1\.1 dev eth0 +metric 50/)
    expect(await vm.exec(id, 'cat /proc/sys/net/ipv4/ip_default_ttl /proc/sys/kernel/msgmax')).toBe('77\n9001')
    expect(await vm.exec(id, 'ip addr show lo')).toContain('127.0.0.1/8')
  })

  it('passes ICMP of both families, with full packets', async () => {
    const ping = async (...words: readonly string[]) =>
      (await runCommand('ip', ['netns', 'exec', wire.outside, 'ping', '-c2', '-W5', ...words])).exitCode
    expect(await ping('10.99.1.2')).toBe(0)
    expect(await ping('-M', 'do', '-s', '1372', '10.99.1.2')).toBe(0)
    expect(await ping('fd99::2')).toBe(0)
  })

  it('passes TCP in both directions', async () => {
    const connect = 'busybox nc -w 5 10.99.1.2 80 </dev/null'
    const inward = await runCommand('ip', ['netns', 'exec', wire.outside, 'sh', '-c', connect])
    expect(inward.stdout).toBe('from the guest\n')
    const server = [
      'import socket; s = socket.create_server(("10.99.1.1", 81)); c = s.accept()[0]; n = 0',
      'while True:\n  d = c.recv(65536)\n  if not d: break\n  n += len(d)\nprint(n)',
    ].join('\n')
    const listener = runCommand('ip', ['netns', 'exec', wire.outside, 'python3', '-c', server])
    await waitUntil('a listener', async () =>
      (await outputOf('ip', ['netns', 'exec', wire.outside, 'cat', '/proc/net/tcp6', '/proc/net/tcp'])).includes(
        ':0051 ',
      ),
    )
    await vm.exec(id, 'head -c 200000 /dev/zero | nc -w 5 10.99.1.1 81')
    expect((await listener).stdout).toBe('200000\n')
  })

  it('gets cards for interfaces that come later, and loses them with their interface', async () => {
    const {inside, outside} = wire
    const ip = (words: string) => outputOf('ip', words.split(' '))
    const names = async () => (await vm.exec(id, 'ls /sys/class/net')).split(/\s+/).filter((name) => name !== 'sit0')
    await ip(`-n ${inside} link add eth1 type veth peer name world1 netns ${outside}`)
    await ip(`-n ${inside} addr add 10.99.2.2/24 dev eth1`)
    await ip(`-n ${inside} link set eth1 up`)
    await ip(`-n ${inside} route add 10.78.0.0/16 via 10.99.2.1`)
    await ip(`-n ${outside} addr add 10.99.2.1/24 dev world1`)
    await ip(`-n ${outside} link set world1 up`)
    expect(await names()).toEqual(['eth0', 'lo'])
    await vm.ok('network', id)
    await vm.ok('network', id)
    expect(await names()).toEqual(['eth0', 'eth1', 'lo'])
    expect(await vm.exec(id, 'ip route')).toMatch(/10\.78\.0\.0\/16 via 10\.99\.2\.1 dev eth1/)
    expect((await runCommand('ip', ['netns', 'exec', outside, 'ping', '-c2', '-W5', '10.99.2.2'])).exitCode).toBe(0)
    expect((await runCommand('ip', ['netns', 'exec', outside, 'ping', '-c2', '-W5', '10.99.1.2'])).exitCode).toBe(0)
    await ip(`-n ${inside} link del eth1`)
    await vm.ok('network', id)
    expect(await names()).toEqual(['eth0', 'lo'])
    expect(await outputOf('ip', ['-n', inside, '-brief', 'link'])).not.toContain('berth1')
    expect((await runCommand('ip', ['netns', 'exec', outside, 'ping', '-c2', '-W5', '10.99.1.2'])).exitCode).toBe(0)
  })

  it('is free again afterwards', async () => {
    await vm.ok('delete', '--force', id)
    const left = await outputOf('ip', ['-n', wire.inside, '-json', 'link'])
    expect(
      JSON.parse(left)
        .map(({ifname}: {ifname: string}) => ifname)
        .sort(),
    ).toEqual(['eth0', 'lo'])
    expect(await outputOf('tc', ['-n', wire.inside, 'qdisc', 'show', 'dev', 'eth0'])).not.toContain('ingress')
    expect(vm.leaks()).toEqual(noLeaks)
  })

  it("refuses the host's own network", async () => {
    const refused = vm.create({
      change: (spec) => {
        if (spec.linux) spec.linux.namespaces = spec.linux.namespaces?.filter(({type}) => type !== 'network')
      },
    })
    await expect(refused).rejects.toThrow(/host's network/)
    expect(vm.leaks()).toEqual(noLeaks)
  })
})
