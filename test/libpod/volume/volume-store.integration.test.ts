import {
  chmodSync,
  chownSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Readable} from 'node:stream'
import {gzipSync} from 'node:zlib'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {isMountPoint} from '../../../src/host/index.ts'
import {exportVolume, importVolume, VolumeStore} from '../../../src/libpod/volume/index.ts'
import {outputOf} from '../../helpers/command.ts'

describe('VolumeStore', () => {
  let directory: string
  let users: string[]
  let volumes: VolumeStore
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'volumes-'))
    users = []
    volumes = new VolumeStore(
      join(directory, 'volumes'),
      join(directory, 'run'),
      () => new Map(users.length > 0 ? [['data', users]] : []),
    )
  })
  afterEach(async () => {
    users = []
    for (const {name} of volumes.list()) await volumes.remove(name)
    rmSync(directory, {recursive: true})
  })

  it('makes a volume once, also when many make it at the same time', async () => {
    const results = await Promise.allSettled(Array.from({length: 8}, () => volumes.create({name: 'data'})))
    expect(results.filter(({status}) => status === 'fulfilled')).toHaveLength(1)
    expect(results.find(({status}) => status === 'rejected')).toMatchObject({reason: {code: 'ERR_VOLUME_EXISTS'}})
    expect(volumes.list().map(({name}) => name)).toEqual(['data'])
  })

  it('finds by name and by unambiguous beginning', async () => {
    await volumes.create({name: 'data'})
    await volumes.create({name: 'database'})
    expect(volumes.lookup('data').name).toBe('data')
    expect(volumes.lookup('datab').name).toBe('database')
    expect(() => volumes.lookup('dat')).toThrow('more than one result for volume name "dat"')
    expect(() => volumes.lookup('none')).toThrow('no volume with name "none" found: no such volume')
  })

  it('refuses to remove what a container uses', async () => {
    await volumes.create({name: 'data'})
    users = ['abc', 'def']
    await expect(volumes.remove('data')).rejects.toThrow(
      'volume data is being used by the following container(s): abc, def: volume is being used',
    )
    expect(volumes.find('data')).toBeDefined()
  })

  it('copies up once, with owners and modes, and not into content', async () => {
    const image = join(directory, 'image')
    mkdirSync(image)
    chownSync(image, 12, 34)
    chmodSync(image, 0o1770)
    writeFileSync(join(image, 'file'), 'from the image', {mode: 0o640})
    await volumes.create({name: 'data'})
    await volumes.copyUp('data', image)
    const target = volumes.mountpoint('data')
    expect(readFileSync(join(target, 'file'), 'utf8')).toBe('from the image')
    expect(statSync(target)).toMatchObject({uid: 12, gid: 34, mode: 0o41770})
    rmSync(join(target, 'file'))
    await volumes.copyUp('data', image)
    expect(existsSync(join(target, 'file'))).toBe(false)
  })

  it('mounts a tmpfs volume once for two users and unmounts after the last', async () => {
    await volumes.create({name: 'fast', options: {type: 'tmpfs', device: 'tmpfs', o: 'mode=700'}})
    const point = await volumes.mount('fast', {container: 'one', destination: '/fast'})
    await volumes.mountForUser('fast')
    await volumes.mountForUser('fast')
    expect(volumes.inspect('fast').MountCount).toBe(3)
    await volumes.unmountForUser('fast')
    await volumes.unmountForUser('fast')
    await volumes.unmountForUser('fast')
    expect(isMountPoint(point)).toBe(true)
    await volumes.unmount('fast', (holder) => 'container' in holder && holder.container === 'one')
    expect(isMountPoint(point)).toBe(false)
    expect(volumes.inspect('fast').MountCount).toBe(0)
  })

  it('counts a process only for as long as it lives', async () => {
    await volumes.create({name: 'fast', options: {type: 'tmpfs', device: 'tmpfs'}})
    await volumes.mount('fast', {process: {pid: process.pid, startTicks: 1}})
    expect(volumes.inspect('fast').MountCount).toBe(0)
  })

  it('gives what it mounts to the owner asked for', async () => {
    await volumes.create({name: 'fast', options: {type: 'tmpfs', device: 'tmpfs', o: 'uid=7,gid=8,size=64k'}})
    const point = await volumes.mountForUser('fast')
    expect(statSync(point)).toMatchObject({uid: 7, gid: 8})
    expect(() => writeFileSync(join(point, 'large'), Buffer.alloc(1 << 20))).toThrow('ENOSPC')
  })

  it('carries content through export and import', async () => {
    await volumes.create({name: 'from'})
    await volumes.create({name: 'to'})
    writeFileSync(join(volumes.mountpoint('from'), 'file'), 'content')
    chownSync(join(volumes.mountpoint('from'), 'file'), 7, 8)
    const archive = join(directory, 'archive.tar')
    await exportVolume(volumes, 'from', openSync(archive, 'w'))
    await importVolume(volumes, 'to', createReadStream(archive))
    expect(statSync(join(volumes.mountpoint('to'), 'file'))).toMatchObject({uid: 7, gid: 8, size: 7})
  })

  it('imports a compressed archive, names the files as they are and refuses what is none', async () => {
    await volumes.create({name: 'from'})
    await volumes.create({name: 'to'})
    writeFileSync(join(volumes.mountpoint('from'), 'file'), 'content')
    const archive = join(directory, 'archive.tar')
    await exportVolume(volumes, 'from', openSync(archive, 'w'))
    await importVolume(volumes, 'to', Readable.from([gzipSync(readFileSync(archive))]))
    expect(readFileSync(join(volumes.mountpoint('to'), 'file'), 'utf8')).toBe('content')
    expect(await outputOf('tar', ['-tf', archive])).toBe('./\nfile')
    await expect(importVolume(volumes, 'to', Readable.from([Buffer.alloc(512, 'x')]))).rejects.toThrow(
      'archive/tar: invalid tar header',
    )
  })

  it.each([
    [
      {driver: 'other', name: 'x'},
      'volume x uses volume plugin other but it could not be retrieved: no volume plugin with name other available: required plugin missing',
    ],
    [{name: 'bad/name'}, 'running volume create option: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument'],
    [{options: {colour: 'red'}}, "invalid mount option colour for driver 'local': invalid argument"],
    [{options: {o: 'uid=x'}}, 'cannot convert UID x to integer: strconv.Atoi: parsing "x": invalid syntax'],
    [{options: {o: 'size=1m'}}, 'Filesystem does not support Project Quota'],
  ])('refuses %j', async (request, message) => {
    await expect(volumes.create(request)).rejects.toThrow(message)
    expect(volumes.list()).toEqual([])
  })

  it('sweeps what a killed process left', async () => {
    await volumes.create({name: 'data'})
    for (const left of ['.new-abc', '.rm-def']) mkdirSync(join(directory, 'volumes', left))
    volumes.sweep()
    expect(existsSync(join(directory, 'volumes', '.new-abc'))).toBe(false)
    expect(existsSync(join(directory, 'volumes', '.rm-def'))).toBe(false)
    expect(volumes.find('data')).toBeDefined()
  })
})
