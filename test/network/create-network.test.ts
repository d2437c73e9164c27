import {describe, expect, it} from 'vitest'
import {
  type HostInterfaces,
  makeNetwork,
  type NetworkRecord,
  type NetworkRequest,
  parseCidr,
  requireNetavark,
} from '../../src/network/index.ts'

const pools = [{base: '10.89.0.0/16', size: 24}]
const bare = {names: ['lo'], subnets: []}
const make = (request: NetworkRequest, existing: readonly NetworkRecord[] = [], host: HostInterfaces = bare) =>
  makeNetwork(request, {existing, pools, host})

describe('makeNetwork', () => {
  it('takes the first free name, bridge and subnet', () => {
    const first = make({})
    const second = make({}, [first])
    expect([first.name, second.name]).toEqual(['berth1', 'berth2'])
    expect(first.network_interface).not.toBe(second.network_interface)
    expect(first.subnets?.[0]?.subnet).not.toBe(second.subnets?.[0]?.subnet)
    expect(second.dns_enabled).toBe(true)
  })

  it('keeps clear of what the host has', () => {
    const host = {names: ['lo', 'berth1'], subnets: [parseCidr('10.89.0.5/24')]}
    const made = make({}, [], host)
    expect(made).toMatchObject({name: 'berth2', network_interface: 'berth2'})
    expect(made.subnets?.[0]?.subnet).toBe('10.89.1.0/24')
    const wish = {subnets: [{subnet: '10.89.0.128/25'}]}
    expect(() => make(wish, [], host)).toThrow('subnet 10.89.0.128/25 is already used on the host')
    expect(() => make({driver: 'macvlan', options: {parent: 'up9'}, ...wish}, [], host)).toThrow('up9 does not exist')
  })

  it('puts the gateway first in the subnet and keeps a given one', () => {
    expect(make({subnets: [{subnet: '10.99.3.7/24'}]}).subnets).toEqual([
      {subnet: '10.99.3.0/24', gateway: '10.99.3.1'},
    ])
    expect(make({subnets: [{subnet: '10.99.3.0/24', gateway: '10.99.3.9'}]}).subnets?.[0]?.gateway).toBe('10.99.3.9')
  })

  it('adds a unique local subnet for --ipv6', () => {
    const {subnets, ipv6_enabled} = make({subnets: [{subnet: '10.99.0.0/24'}], ipv6: true})
    expect(ipv6_enabled).toBe(true)
    expect(subnets?.[1]?.subnet).toMatch(/^fd[0-9a-f]{2}:.*\/64$/)
  })

  it('turns --ip-range into the ends of its lease range', () => {
    const {subnets} = make({subnets: [{subnet: '10.99.0.0/24', ipRange: '10.99.0.128/25'}]})
    expect(subnets?.[0]?.lease_range).toEqual({start_ip: '10.99.0.129', end_ip: '10.99.0.255'})
  })

  it.each([
    [
      {name: 'bad name'},
      'network name bad name invalid: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument',
    ],
    [{driver: 'foo'}, 'unsupported driver foo: invalid argument'],
    [{subnets: [{subnet: 'foo'}]}, 'invalid CIDR address: foo'],
    [{subnets: [{subnet: '10.99.0.0/24', gateway: '1.2.3.4'}]}, 'gateway 1.2.3.4 not in subnet 10.99.0.0/24'],
    [{options: {colour: 'red'}}, 'unsupported bridge network option colour'],
    [{options: {vlan: '5000'}}, 'vlan ID 5000 must be between 0 and 4094'],
    [{routes: ['10.1.0.9/16,9.9.9.9']}, 'route destination invalid'],
    [{routes: ['10.1.0.0/16,nowhere']}, 'invalid route gateway nowhere'],
    [{name: 'host'}, 'cannot create network with name "host" because it conflicts with a valid network mode'],
    [{driver: 'macvlan', options: {mode: 'l3'}}, 'unknown macvlan mode "l3"'],
    [{driver: 'ipvlan'}, 'ipam driver dhcp is not supported with ipvlan'],
    [
      {driver: 'macvlan', interfaceName: 'nosuch0', subnets: [{subnet: '10.1.0.0/24'}]},
      'parent interface nosuch0 does not exist',
    ],
    [
      {interfaceName: 'longer-than-fifteen'},
      'network interface name longer-than-fifteen invalid: interface name is too long: interface names must be 15 characters or less: invalid argument',
    ],
    [{options: {isolate: 'maybe'}}, 'strconv.ParseBool: parsing "maybe": invalid syntax'],
    [
      {disableDNS: true, dnsServers: ['1.1.1.1']},
      'cannot set NetworkDNSServers if DNS is not enabled for the network: invalid argument',
    ],
  ])('refuses %j', (request, message) => {
    expect(() => make(request)).toThrow(expect.objectContaining({message}))
  })

  it.each([
    [{options: {vlan: '7'}}, '1.13.1', 'option vlan needs netavark 1.14 or newer, this one is 1.13.1: not supported'],
    [{driver: 'macvlan'}, '1.5.0', 'ipam driver dhcp needs netavark 1.6 or newer'],
    [{options: {isolate: 'strict'}}, '1.4.0', 'option isolate=strict needs netavark 1.7 or newer'],
  ])('refuses %j with netavark %s', async (request, version, message) => {
    const record = make(request)
    await expect(requireNetavark(record, async () => version)).rejects.toThrow(message)
    await requireNetavark(record, async () => '1.14.0')
    await requireNetavark(record, async () => '2.0.0')
  })

  it('does not ask for the version of netavark when any will do', async () => {
    await requireNetavark(
      make({options: {mtu: '1400', isolate: '1', no_default_route: '1'}, routes: ['10.1.0.0/16,10.99.0.9']}),
      () => Promise.reject(new Error('asked')),
    )
  })

  it('adds a gateway where DNS or the way out needs it', () => {
    const subnets = [{subnet: '10.99.3.0/24'}]
    expect(make({subnets, internal: true}).subnets?.[0]?.gateway).toBe('10.99.3.1')
    expect(make({subnets, internal: true, disableDNS: true}).subnets?.[0]?.gateway).toBeUndefined()
  })

  it('refuses a subnet that another network has', () => {
    const existing = make({subnets: [{subnet: '10.99.0.0/16'}]})
    expect(() => make({subnets: [{subnet: '10.99.4.0/24'}]}, [existing])).toThrow(
      'subnet 10.99.4.0/24 is already used on the host or by another config',
    )
  })
})
