import {describe, expect, it} from 'vitest'
import type {IDMap} from '../../src/oci/spec/index.ts'
import {around, freeRange} from '../../src/specgen/auto-user-namespace.ts'
import {configOf} from './command-line.ts'
import {testServices} from './services.ts'

const range = (hostID: number, size: number): IDMap => ({containerID: 0, hostID, size})
const limits = {minSize: 1024, maxSize: 65536}

describe('a range for --userns=auto', () => {
  it('is the first gap that is large enough', () => {
    const owned = [range(100_000, 10_000), range(200_000, 200_000)]
    expect(freeRange(owned, [], 5000, limits)).toEqual([range(100_000, 5000)])
    expect(freeRange(owned, [range(100_000, 6000)], 5000, limits)).toEqual([range(200_000, 5000)])
    expect(freeRange(owned, [range(100_000, 2000), range(104_000, 1000)], 2000, limits)).toEqual([range(102_000, 2000)])
    expect(freeRange(owned, [range(99_000, 2000)], 1500, limits)).toEqual([range(101_000, 1500)])
  })

  it('is the usual size, or else what there is', () => {
    expect(freeRange([range(1000, 100_000)], [], undefined, limits)).toEqual([range(1000, 65536)])
    expect(freeRange([range(1000, 2000)], [], undefined, limits)).toEqual([range(1000, 2000)])
  })

  it('is refused when none is free', () => {
    expect(() => freeRange([range(1000, 500)], [], undefined, limits)).toThrow('could not find enough available IDs')
    expect(() => freeRange([range(1000, 5000)], [range(0, 100_000)], 10, limits)).toThrow('enough available IDs')
    expect(() => freeRange([range(1000, 5000)], [], 6000, limits)).toThrow('enough available IDs')
  })
})

describe('given mappings within an automatic range', () => {
  it('take the place of what they map', () => {
    const given = [{containerID: 10, hostID: 500, size: 5}]
    expect(around(range(1000, 100), given)).toEqual([
      range(1000, 10),
      {containerID: 15, hostID: 1010, size: 85},
      ...given,
    ])
    expect(around(range(1000, 100), [range(0, 1)])).toEqual([{containerID: 1, hostID: 1000, size: 99}, range(0, 1)])
    expect(around(range(1000, 10), [range(500, 20)])).toEqual([range(500, 20)])
  })
})

describe('a user namespace', () => {
  it('takes its maps from the options, one for the other', () => {
    const {user} = configOf(['--uidmap', '0:1000:10,10:5000:5', 'busybox', 'true']).namespaces
    expect(user.uidMap).toEqual([range(1000, 10), {containerID: 10, hostID: 5000, size: 5}])
    expect(user.gidMap).toEqual(user.uidMap)
  })

  it('shared with another container has the same maps, and makes it a dependency', () => {
    const services = testServices()
    const other = configOf(['--name', 'other', '--uidmap', '0:1000:10', 'busybox', 'true'], services)
    services.add(other)
    const {namespaces, dependencies} = configOf(['--userns', 'container:other', 'busybox', 'true'], services)
    expect(namespaces.user).toMatchObject({
      mode: 'container',
      container: other.id,
      uidMap: other.namespaces.user.uidMap,
    })
    expect(dependencies).toEqual([other.id])
  })
})
