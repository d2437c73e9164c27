import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {makeNetwork} from '../../src/network/index.ts'
import {Leases} from '../../src/network/leases.ts'

const surroundings = {existing: [], pools: [], host: {names: [], subnets: []}}
const network = makeNetwork({name: 'lab', subnets: [{subnet: '10.99.0.0/29'}]}, surroundings)

describe('Leases', () => {
  let directory: string
  let leases: Leases
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'leases-'))
    leases = new Leases(directory)
  })
  afterEach(() => rmSync(directory, {recursive: true}))

  it('gives each container another address and never the gateway', () => {
    const given = ['a', 'b', 'c', 'd', 'e'].flatMap((id) => leases.take(network, id))
    expect(given).toEqual(['10.99.0.2', '10.99.0.3', '10.99.0.4', '10.99.0.5', '10.99.0.6'])
    expect(() => leases.take(network, 'f')).toThrow('failed to find free IP in range: 10.99.0.1 - 10.99.0.6')
  })

  it('lets a released address rest until the range comes round', () => {
    leases.take(network, 'a')
    leases.release('lab', ['10.99.0.2'], 'a')
    expect(leases.take(network, 'b')).toEqual(['10.99.0.3'])
  })

  it('releases an address for its holder only', () => {
    leases.take(network, 'a', ['10.99.0.4'])
    leases.release('lab', ['10.99.0.4'], 'b')
    expect(() => leases.take(network, 'c', ['10.99.0.4'])).toThrow(
      'IPAM error: requested ip address 10.99.0.4 is already allocated to container ID a',
    )
  })

  it('refuses an address outside', () => {
    expect(() => leases.take(network, 'a', ['10.1.1.1'])).toThrow(
      'requested static ip 10.1.1.1 not in any subnet on network lab',
    )
  })

  it('sweeps what nobody known holds', () => {
    leases.take(network, 'a')
    leases.take(network, 'b')
    leases.sweep((id) => id === 'b')
    expect(leases.take(network, 'c', ['10.99.0.2'])).toEqual(['10.99.0.2'])
    expect(() => leases.take(network, 'c', ['10.99.0.3'])).toThrow('already allocated to container ID b')
  })
})
