import {execFileSync} from 'node:child_process'
import {existsSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {
  addressesOf,
  createNetns,
  type Networks,
  netnsPath,
  openNetworks,
  type PortMapping,
} from '../../src/network/index.ts'

const ids = ['a', 'b', 'c', 'd'].map((letter) => `${letter}${'0'.repeat(31)}${process.pid}`.padEnd(64, '0'))
const [one = '', two = ''] = ids
const port: PortMapping = {host_ip: '127.0.0.1', container_port: 80, host_port: 18_081, range: 1, protocol: 'tcp'}

describe('ContainerNetworks', () => {
  let directory: string
  let networks: Networks
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'networks-'))
    networks = openNetworks({
      configDirectory: join(directory, 'config'),
      runDirectory: join(directory, 'run'),
      netavark: '/usr/lib/podman/netavark',
      aardvark: '/usr/lib/podman/aardvark-dns',
      slirp4netns: 'slirp4netns',
      defaultName: 'netst',
      defaultSubnet: '10.97.0.0/24',
      pools: [{base: '10.98.0.0/16', size: 24}],
    })
  })
  afterEach(async () => {
    await networks.containers.sweep(() => false)
    rmSync(directory, {recursive: true})
    expect(execFileSync('ip', ['-br', 'link'], {encoding: 'utf8'})).not.toContain('netst0')
  })

  const setUp = async (id: string, ports: readonly PortMapping[] = []) => {
    const setup = {
      containerID: id,
      containerName: id.slice(0, 4),
      connections: {netst: {interface_name: 'eth0'}},
      ports,
    }
    return networks.containers.configure(networks.containers.prepare(setup))
  }
  const inside = (path: string, ...command: string[]) =>
    execFileSync('nsenter', [`--net=${path}`, ...command], {encoding: 'utf8'})

  it('gives a container its address, route and MAC, and takes all back', async () => {
    const network = await setUp(one)
    const [{address} = {address: ''}] = addressesOf(network, 'netst')
    expect(inside(network.netnsPath, 'ip', '-br', 'address', 'show', 'eth0')).toContain(`${address}/24`)
    expect(inside(network.netnsPath, 'ip', 'route')).toContain('default via 10.97.0.1')
    expect(inside(network.netnsPath, 'ip', 'link', 'show', 'eth0')).toContain(network.input.networks.netst?.static_mac)
    await networks.containers.tearDown(one)
    expect(existsSync(network.netnsPath)).toBe(false)
    expect(networks.containers.find(one)).toBeUndefined()
    await networks.containers.tearDown(one)
  })

  it('connects containers to each other, four set up at once', async () => {
    const all = await Promise.all(ids.map((id) => setUp(id)))
    const addresses = all.flatMap((network) => addressesOf(network, 'netst').map(({address}) => address))
    expect(new Set(addresses).size).toBe(4)
    inside(all[0]?.netnsPath ?? '', 'ping', '-c1', '-W5', addresses[3] ?? '')
  })

  it('takes the place of a namespace that a killed process left', async () => {
    createNetns(netnsPath(one))
    const network = await setUp(one)
    expect(inside(network.netnsPath, 'ip', '-br', 'address', 'show', 'eth0')).toContain('10.97.0.')
  })

  it('publishes a port', async () => {
    const network = await setUp(one, [port])
    const rules = execFileSync('iptables-save', ['-t', 'nat'], {encoding: 'utf8'})
    expect(rules).toContain(`--to-destination ${addressesOf(network, 'netst')[0]?.address}:80`)
  })

  it('connects to a second network and off it again', async () => {
    await networks.create({name: 'lab', subnets: [{subnet: '10.98.7.0/24'}], interfaceName: 'netst1'})
    const network = await setUp(one)
    await networks.containers.connect(one, 'lab', {interface_name: 'eth1'})
    expect(inside(network.netnsPath, 'ip', '-br', 'address', 'show', 'eth1')).toContain('10.98.7.2/24')
    await expect(networks.containers.connect(one, 'lab', {interface_name: 'eth1'})).rejects.toMatchObject({
      code: 'ERR_NETWORK_CONNECTED',
    })
    await networks.containers.disconnect(one, 'lab')
    expect(() => inside(network.netnsPath, 'ip', 'link', 'show', 'eth1')).toThrow()
  })

  it('leaves nothing when an address is taken', async () => {
    await setUp(one)
    const taken = addressesOf(networks.containers.find(one) as never, 'netst')[0]?.address ?? ''
    const wish = {netst: {interface_name: 'eth0', static_ips: [taken]}}
    expect(() =>
      networks.containers.prepare({containerID: two, containerName: 'two', connections: wish, ports: []}),
    ).toThrow('is already allocated')
    expect(networks.containers.find(two)).toBeUndefined()
    expect(existsSync(`/run/netns/berth-${two.slice(0, 32)}`)).toBe(false)
  })
})
