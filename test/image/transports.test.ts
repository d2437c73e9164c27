import {expect, it} from 'vitest'
import {localName, namesTransport, registryName, storedName} from '../../src/image/transports.ts'

it('takes names of registries as they are, and those of the store without their transport', () => {
  expect(registryName('docker://quay.io/a:1')).toBe('quay.io/a:1')
  expect(registryName('quay.io:5000/a')).toBe('quay.io:5000/a')
  expect(storedName('containers-storage:localhost/a:1')).toBe('localhost/a:1')
  expect(storedName('localhost/a:1')).toBeUndefined()
  expect(['docker://a', 'containers-storage:a', 'docker-daemon:a:1', 'a:1'].map(namesTransport)).toEqual([
    true,
    true,
    true,
    false,
  ])
})

it('refuses what it leaves to others, and says to whom', () => {
  expect(() => registryName('docker-daemon:a:1')).toThrow(/docker save and load, or a registry/)
  expect(() => registryName('sif:/a.sif')).toThrow(/Singularity/)
  expect(() => storedName('containers-storage:[overlay@/a]b')).toThrow(/another store/)
})

it('looks up in the store what is there alone', () => {
  expect(['a:1', 'docker:1', 'containers-storage:a:1'].map(localName)).toEqual(['a:1', 'docker:1', 'a:1'])
  for (const text of ['dir:a', 'oci:', 'docker-archive:a.tar', 'docker://a', 'sif:a'])
    expect(() => localName(text)).toThrow(/^unsupported transport "[a-z-]+" for looking up local images$/)
})
