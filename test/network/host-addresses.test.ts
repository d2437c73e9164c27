import {existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {HostAddresses} from '../../src/network/host-addresses.ts'

describe('HostAddresses', () => {
  let directory: string
  let addresses: HostAddresses
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'addresses-'))
    addresses = new HostAddresses(join(directory, 'host'))
  })
  afterEach(() => rmSync(directory, {recursive: true}))

  const record = (name: string) => {
    const path = join(directory, name)
    writeFileSync(path, '{}')
    return path
  }

  it('gives an address of a bridge to one container of all engines', () => {
    const [one, other] = [record('one'), record('other')]
    expect(addresses.take('br0', '10.99.0.2', one)).toBe(true)
    expect(addresses.take('br0', '10.99.0.2', other)).toBe(false)
    expect(addresses.take('br0', '10.99.0.2', one)).toBe(true)
    expect(addresses.take('br0', '10.99.0.3', other)).toBe(true)
    expect(addresses.take('br1', '10.99.0.2', other)).toBe(true)
  })

  it('takes it back from its holder only, and leaves nothing', () => {
    const [one, other] = [record('one'), record('other')]
    addresses.take('br0', '10.99.0.2', one)
    addresses.release('br0', '10.99.0.2', other)
    expect(addresses.take('br0', '10.99.0.2', other)).toBe(false)
    addresses.release('br0', '10.99.0.2', one)
    expect(readdirSync(join(directory, 'host')).filter((name) => name !== '.lock')).toEqual([])
    expect(addresses.take('br0', '10.99.0.2', other)).toBe(true)
  })

  it('has free again what a container had whose record is gone', () => {
    const [one, other] = [record('one'), record('other')]
    addresses.take('br0', '10.99.0.2', one)
    rmSync(one)
    expect(addresses.take('br0', '10.99.0.2', other)).toBe(true)
    expect(addresses.take('br0', '10.99.0.2', record('third'))).toBe(false)
    expect(existsSync(one)).toBe(false)
  })
})
