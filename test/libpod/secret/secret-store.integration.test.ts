import {existsSync, mkdtempSync, readdirSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {inspectSecret, SecretStore} from '../../../src/libpod/secret/index.ts'

const bytes = Buffer.from([0, 255, 10, 128])

describe('SecretStore', () => {
  let directory: string
  let secrets: SecretStore
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'secrets-'))
    secrets = new SecretStore(join(directory, 'root'), join(directory, 'run'))
  })
  afterEach(() => rmSync(directory, {recursive: true}))

  it('keeps bytes in a file for the owner only, and nowhere else', async () => {
    const record = await secrets.create({name: 'key', data: Buffer.from('swordfish')})
    const file = join(directory, 'root', 'filedriver', record.id)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(JSON.stringify([record, inspectSecret(record)])).not.toContain('swordfish')
    expect(Buffer.from(await secrets.data(secrets.lookup('key'))).toString()).toBe('swordfish')
  })

  it('is found by name and by the beginning of its id', async () => {
    const {id} = await secrets.create({name: 'key', data: bytes})
    expect(secrets.lookup(id.slice(0, 6)).name).toBe('key')
    expect(() => secrets.lookup('none')).toThrow('no secret with name or id "none": no such secret')
  })

  it('replaces when told to, and leaves no old bytes', async () => {
    const first = await secrets.create({name: 'key', data: bytes})
    await expect(secrets.create({name: 'key', data: bytes})).rejects.toThrow('key: secret name in use')
    const second = await secrets.create({name: 'key', data: Buffer.from('two'), replace: true})
    expect(second.createdAt).toBe(first.createdAt)
    expect(readdirSync(join(directory, 'root', 'filedriver'))).toEqual([second.id])
  })

  it('lets one of many at once make a name', async () => {
    const made = await Promise.allSettled(Array.from({length: 6}, () => secrets.create({name: 'key', data: bytes})))
    expect(made.filter(({status}) => status === 'fulfilled')).toHaveLength(1)
    expect(readdirSync(join(directory, 'root', 'filedriver'))).toHaveLength(1)
  })

  it('removes record and bytes', async () => {
    const record = await secrets.create({name: 'key', data: bytes})
    await secrets.remove(record)
    expect(secrets.list()).toEqual([])
    expect(existsSync(join(directory, 'root', 'filedriver', record.id))).toBe(false)
  })

  it('hands bytes to commands of the user', async () => {
    const driverOptions = {
      store: `cat > ${directory}/$SECRET_ID`,
      lookup: `cat ${directory}/$SECRET_ID`,
      delete: `rm ${directory}/$SECRET_ID`,
    }
    const record = await secrets.create({name: 'key', data: bytes, driver: 'shell', driverOptions})
    expect(Buffer.from(await secrets.data(record))).toEqual(bytes)
    await secrets.remove(record)
    expect(existsSync(join(directory, record.id))).toBe(false)
  })

  it.each([
    [{name: 'a,b', data: bytes}, 'a,b: invalid secret name'],
    [{name: 'a', data: Buffer.alloc(0)}, 'secret data must be larger than 0 and less than 512000 bytes'],
    [{name: 'a', data: bytes, driver: 'foo'}, 'invalid driver'],
    [{name: 'a', data: bytes, driver: 'shell'}, 'missing store in options for the shell driver'],
  ])('refuses %j', async (request, message) => {
    await expect(secrets.create(request)).rejects.toThrow(message)
    expect(secrets.list()).toEqual([])
  })
})
