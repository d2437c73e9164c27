import {describe, expect, it} from 'vitest'
import {makeNetwork} from '../../src/network/index.ts'

const pools = [{base: '10.89.0.0/16', size: 24}]
const make = (request: Parameters<typeof makeNetwork>[0], existing: Parameters<typeof makeNetwork>[1] = []) =>
  makeNetwork(request, existing, pools)

describe('makeNetwork', () => {
  it('takes the first free name, bridge and subnet', () => {
    const first = make({})
    const second = make({}, [first])
    expect([first.name, second.name]).toEqual(['berth1', 'berth2'])
    expect(first.network_interface).not.toBe(second.network_interface)
    expect(first.subnets?.[0]?.subnet).not.toBe(second.subnets?.[0]?.subnet)
    expect(second.dns_enabled).toBe(true)
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
    expect(subnets?.[0]?.lease_range).toEqual({start_ip: '10.99.0.129', end_ip: '10.99.0.254'})
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
    [
      {subnets: [{subnet: '10.99.0.0/24'}], routes: ['10.1.0.0/16,9.9.9.9']},
      'route gateway 9.9.9.9 is not in a subnet of the network',
    ],
  ])('refuses %j', (request, message) => {
    expect(() => make(request)).toThrow(expect.objectContaining({message}))
  })

  it('refuses a subnet that another network has', () => {
    const existing = make({subnets: [{subnet: '10.99.0.0/16'}]})
    expect(() => make({subnets: [{subnet: '10.99.4.0/24'}]}, [existing])).toThrow(
      'subnet 10.99.4.0/24 is already used on the host or by another config',
    )
  })
})
