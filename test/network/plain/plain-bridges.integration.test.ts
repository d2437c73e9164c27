import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {inNetworkNamespace} from '../../../src/host/index.ts'
import {AardvarkEntries} from '../../../src/network/aardvark-entries.ts'
import {NameServer} from '../../../src/network/name-server.ts'
import {Netavark} from '../../../src/network/netavark.ts'
import {createNetns, netnsPath, removeNetns} from '../../../src/network/netns.ts'
import type {NetworkDriver, NetworkInput} from '../../../src/network/network-driver.ts'
import type {PortMapping} from '../../../src/network/network-record.ts'
import {Firewall} from '../../../src/network/plain/firewall.ts'
import {KnownNetavark} from '../../../src/network/plain/known-netavark.ts'
import {PlainBridges} from '../../../src/network/plain/plain-bridges.ts'
import {RunningNetavark} from '../../../src/network/running-netavark.ts'
import {runCommand} from '../../helpers/command.ts'
import {type HostNetwork, openHostNetwork} from '../../helpers/host-network.ts'
import {waitUntil} from '../../helpers/wait-until.ts'

const NETAVARK = '/usr/lib/podman/netavark'
const AARDVARK = '/usr/lib/podman/aardvark-dns'
const ids = ['a', 'b'].map((letter) => `${letter}${'1'.repeat(20)}${process.pid}`.padEnd(64, '0'))
const [one = '', two = ''] = ids
const ports: readonly PortMapping[] = [
  {host_ip: '', container_port: 80, host_port: 8080, range: 1, protocol: 'tcp'},
  {host_ip: '127.0.0.1', container_port: 90, host_port: 9000, range: 3, protocol: 'udp'},
]

/** Both ways of making a plain bridge, one after the other on hosts of their own: what the kernel has then must be the same. */
describe('plain bridges', () => {
  let host: HostNetwork
  let directory: string
  let netavark: NetworkDriver
  let plain: NetworkDriver
  beforeEach(async () => {
    host = await openHostNetwork()
    directory = mkdtempSync(join(tmpdir(), 'plain-'))
    const entries = new AardvarkEntries(join(directory, 'aardvark-dns'))
    const running = new RunningNetavark(join(directory, 'running'), directory)
    const program = new Netavark(NETAVARK, AARDVARK, directory, {entries, running})
    const known = new KnownNetavark(NETAVARK, program, running, join(directory, 'version.json'))
    const names = new NameServer(AARDVARK, entries)
    netavark = program
    plain = new PlainBridges(new Firewall(join(directory, 'firewall.lock')), names, refusing, known)
    for (const id of ids) createNetns(netnsPath(id))
  })
  afterEach(async () => {
    for (const id of ids) removeNetns(netnsPath(id))
    await host[Symbol.asyncDispose]()
    rmSync(directory, {recursive: true})
  })

  /** As a driver on the test's host does it: its thread stays there until all has been done. */
  const there = async <T>(act: () => Promise<T>): Promise<T> => {
    const home = `/proc/${process.pid}/ns/net`
    const {openSync, closeSync} = process.getBuiltinModule('node:fs')
    const {syscall} = await import('../../../src/host/index.ts')
    const [back, forth] = [openSync(home, 'r'), openSync(host.path, 'r')]
    syscall('int setns(int fd, int nstype)', forth, 0x40000000)
    try {
      return await act()
    } finally {
      syscall('int setns(int fd, int nstype)', back, 0x40000000)
      closeSync(back)
      closeSync(forth)
    }
  }

  const state = async () => {
    const rules = await host.output('sh', '-c', 'iptables-save; ip6tables-save')
    return {
      rules: rules.split('\n').filter((line) => !line.startsWith('#')),
      links: withoutChance(await host.output('sh', '-c', 'ip -d -4 addr show type bridge; ip -br link show type veth')),
      routes: await host.output('ip', 'route'),
      inside: await Promise.all(
        ids.map(async (id) => {
          const {stdout} = await runCommand('nsenter', [
            `--net=${netnsPath(id)}`,
            ...['sh', '-c', 'ip -d -4 addr; ip route; cat /proc/sys/net/ipv6/conf/*/autoconf'],
          ])
          return withoutChance(stdout)
        }),
      ),
      sysctls: await host.output(
        'sh',
        '-c',
        'cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/pl0/route_localnet 2>/dev/null; true',
      ),
    }
  }

  const first = input(one, '10.91.0.2', [])
  const second = input(two, '10.91.0.3', ports)

  it('answers what netavark answers, and leaves the host in the same state at each step', async () => {
    const seen = []
    for (const driver of [netavark, plain]) {
      const steps: unknown[] = []
      steps.push(await there(() => driver.setUp(netnsPath(one), first)), await state())
      steps.push(await there(() => driver.setUp(netnsPath(two), second)), await state())
      await there(() => driver.tearDown(netnsPath(one), first))
      steps.push(await state())
      await there(() => driver.tearDown(netnsPath(two), second))
      steps.push(await state())
      seen.push(steps)
      for (const id of ids) createNetns(netnsPath(id))
    }
    expect(seen[1]).toEqual(seen[0])
    expect(JSON.stringify(seen[1]?.[1])).toContain('10.91.0.2/24')
    expect(JSON.stringify(seen[1]?.[3])).toContain('--to-destination 10.91.0.3:90-92/9000')
    expect(JSON.stringify(seen[1]?.[5])).not.toContain('10.91.0.')
  })

  it.each([
    ['netavark takes down what it made', () => ({up: plain, down: netavark})],
    ['it takes down what netavark made', () => ({up: netavark, down: plain})],
  ] as const)('%s', async (_, drivers) => {
    const {up, down} = drivers()
    await there(async () => {
      await plain.setUp(netnsPath(one), first)
      await plain.setUp(netnsPath(two), second)
      await plain.tearDown(netnsPath(two), second)
      await plain.tearDown(netnsPath(one), first)
    })
    const before = await state()
    await there(async () => {
      await up.setUp(netnsPath(one), first)
      await up.setUp(netnsPath(two), second)
      await down.tearDown(netnsPath(two), second)
      await down.tearDown(netnsPath(one), first)
    })
    expect(await state()).toEqual(before)
  })

  it('makes nothing twice and takes nothing down twice', async () => {
    await there(() => plain.setUp(netnsPath(one), first))
    await there(() => plain.setUp(netnsPath(two), second))
    const before = await state()
    await there(() => plain.tearDown(netnsPath(two), second))
    await there(() => plain.tearDown(netnsPath(two), second))
    removeNetns(netnsPath(two))
    await there(() => plain.tearDown(netnsPath(two), second))
    createNetns(netnsPath(two))
    await there(() => plain.setUp(netnsPath(two), second))
    expect(await state()).toEqual(before)
    for (const id of ids) removeNetns(netnsPath(id))
    await waitUntil(
      'the interfaces are gone',
      async () => (await host.output('ip', '-br', 'link', 'show', 'master', 'pl0')) === '',
    )
    await there(() => plain.tearDown(netnsPath(one), first))
    await there(() => plain.tearDown(netnsPath(two), second))
    expect(JSON.stringify(await state())).not.toContain('10.91.0.')
  })

  it('answers names, for as long as there is a container', async () => {
    const named = (given: NetworkInput): NetworkInput => ({
      ...given,
      network_info: {pl: {...given.network_info.pl, dns_enabled: true} as never},
    })
    await there(() => plain.setUp(netnsPath(one), named(first)))
    await there(() => plain.setUp(netnsPath(two), named(second)))
    // As from netavark, it is only told to read again.
    await waitUntil('the second is known', async () => {
      const ask = ['busybox', 'nslookup', 'bbb', '10.91.0.1']
      const {stdout} = await runCommand('nsenter', [`--net=${netnsPath(one)}`, ...ask])
      return stdout.includes('10.91.0.3')
    })
    const entries = readFileSync(join(directory, 'aardvark-dns/pl'), 'utf8')
    expect(entries.split('\n')).toEqual(['10.91.0.1', `${one} 10.91.0.2  aaa,alias`, `${two} 10.91.0.3  bbb,alias`, ''])
    await there(() => plain.tearDown(netnsPath(one), named(first)))
    await there(() => plain.tearDown(netnsPath(two), named(second)))
    expect(() => readFileSync(join(directory, 'aardvark-dns/pl'))).toThrow()
  })

  it('says what is in the way', async () => {
    await host.output('ip', 'link', 'add', 'pl0', 'type', 'veth', 'peer', 'name', 'pl1')
    await expect(there(() => plain.setUp(netnsPath(one), first))).rejects.toThrow(
      'bridge interface pl0 already exists but is a veth interface',
    )
    await there(() => plain.tearDown(netnsPath(one), first))
    expect(inNetworkNamespace(host.path, () => readFileSync('/proc/thread-self/net/dev', 'utf8'))).toContain('pl0')
  })
})

const refusing: NetworkDriver = {
  setUp: () => Promise.reject(new Error('not plain')),
  tearDown: () => Promise.reject(new Error('not plain')),
}

function input(id: string, address: string, port_mappings: readonly PortMapping[]): NetworkInput {
  const name = id.slice(0, 1).repeat(3)
  return {
    ...{container_id: id, container_name: name, container_hostname: name, port_mappings, dns_servers: []},
    networks: {
      pl: {
        interface_name: 'eth0',
        static_ips: [address],
        static_mac: `02:00:00:00:00:0${address.at(-1)}`,
        aliases: ['alias'],
      },
    },
    network_info: {
      pl: {
        ...{
          name: 'pl',
          id: '0'.repeat(64),
          driver: 'bridge',
          network_interface: 'pl0',
          created: '2026-01-01T00:00:00Z',
        },
        ...{subnets: [{subnet: '10.91.0.0/24', gateway: '10.91.0.1'}], ipv6_enabled: false, internal: false},
        ...{dns_enabled: false, ipam_options: {driver: 'host-local'}},
      },
    },
  }
}

/** Without indexes, addresses that the kernel makes up, and timers. */
function withoutChance(text: string): string {
  return text
    .replace(/^\d+: /gm, '')
    .replace(/@if\d+/g, '')
    .replace(/(?:[0-9a-f]{1,2}:){5}[0-9a-f]{1,2}/g, (mac) => (mac.startsWith('02:00:00') ? mac : 'MAC'))
    .replace(/ state \w+/g, '')
    .replace(/link-netns \S+/g, '')
    .replace(/(\w*_timer|topology_change\w*|gc_timer) +[\d.]+/g, '$1')
    .replace(/veth\d+/g, 'veth')
}
