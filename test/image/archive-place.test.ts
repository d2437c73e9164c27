import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {resolveEnvironment} from '../../src/config/environment.ts'
import {pullFromPlace} from '../../src/image/archive/pull-place.ts'
import {type ArchivePlace, parseArchivePlace, pushToPlace, saveImages} from '../../src/image/index.ts'
import {makeImage, noUsers, openStore, type StoreFixture} from './store-fixture.ts'

const place = (text: string) => parseArchivePlace(text) as ArchivePlace

function push(from: StoreFixture, source: string, text: string, options: object = {}) {
  const way = {compression: {format: 'gzip'}, temporaryDirectory: from.path} as const
  return pushToPlace(from.images, source, place(text), {...way, ...options})
}

function pull(to: StoreFixture, text: string) {
  const environment = resolveEnvironment({env: {HOME: to.path, TMPDIR: to.path}, systemRoot: to.path})
  return pullFromPlace(to.images, place(text), {environment})
}

const indexOf = (layout: string) => JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')).manifests

describe('the name of an archive', () => {
  it.each([
    ['dir:/a:b', {transport: 'dir', path: '/a:b'}],
    ['oci:/a', {transport: 'oci', path: '/a'}],
    ['oci:a:b/c:1', {transport: 'oci', path: 'a', reference: 'b/c:1'}],
    ['oci-archive:/a.tar:@1', {transport: 'oci-archive', path: '/a.tar', reference: '@1'}],
    ['docker-archive:/a.tar:b:1', {transport: 'docker-archive', path: '/a.tar', reference: 'b:1'}],
    ['docker://a', undefined],
    ['localhost:5000/dir', undefined],
    ['ociname:1', undefined],
  ])('%s', (text, expected) => {
    expect(parseArchivePlace(text)).toEqual(expected)
  })

  it.each([
    ['oci:', "oci reference  isn't of the form <path>[:<reference>]"],
    ['oci:/a:b c', 'Invalid image b c'],
    ['docker-archive:/a:@x', 'Invalid source index @x'],
  ])('is refused: %s', (text, message) => {
    expect(() => parseArchivePlace(text)).toThrow(message)
  })
})

describe('an image pushed to an archive and pulled from it', () => {
  it.each([
    ['oci:PLACE', []],
    ['oci:PLACE:other:2', ['localhost/other:2']],
    ['oci-archive:PLACE', []],
    ['oci-archive:PLACE:quay.io/x/y:3', ['quay.io/x/y:3']],
    ['docker-archive:PLACE', ['localhost/app:1']],
    ['docker-archive:PLACE:short', ['docker.io/library/short:latest']],
    ['dir:PLACE', []],
  ])('%s', async (form, names) => {
    await using from = await openStore()
    await using to = await openStore()
    const base = await makeImage(from.images, {a: '1'})
    const image = await makeImage(from.images, {b: '2'}, {base, names: ['localhost/app:1', 'localhost/too:1']})
    const text = form.replace('PLACE', join(from.path, 'out'))
    const digest = await push(from, 'app:1', text)
    const pulled = await pull(to, text)
    expect(pulled.id).toBe(image.id)
    expect(pulled.names).toEqual(names)
    expect(pulled.digest).toBe(digest)
    expect(from.events.at(-1)).toMatchObject({status: 'push', id: image.id})
    expect(to.events.at(-1)).toMatchObject({status: 'pull', id: image.id})
    expect(readdirSync(to.path).filter((name) => name.startsWith('berth-'))).toEqual([])
  })

  it('has further names in one OCI layout, which moves a name that it has', async () => {
    await using from = await openStore()
    const [one, two] = [
      await makeImage(from.images, {a: '1'}, {names: ['localhost/one:1']}),
      await makeImage(from.images, {b: '2'}, {names: ['localhost/two:1']}),
    ]
    const layout = join(from.path, 'layout')
    for (const [name, as] of [
      ['one:1', ''],
      ['one:1', ':a'],
      ['one:1', ':b'],
      ['two:1', ':a'],
    ] as const)
      await push(from, name, `oci:${layout}${as}`)
    expect(indexOf(layout).map((entry: {annotations?: object}) => Object.values(entry.annotations ?? {}))).toEqual([
      [],
      ['b'],
      ['a'],
    ])
    for (const [reference, image] of [
      ['a', two],
      ['b', one],
      ['@0', one],
      ['@2', two],
    ] as const) {
      await using to = await openStore()
      expect((await pull(to, `oci:${layout}:${reference}`)).id).toBe(image.id)
    }
    await using to = await openStore()
    await expect(pull(to, `oci:${layout}`)).rejects.toThrow(
      `initializing source oci:${layout}:: more than one image in oci, choose an image`,
    )
    await expect(pull(to, `oci:${layout}:c`)).rejects.toThrow('no descriptor found for reference "c"')
    await expect(pull(to, `oci:${layout}:@3`)).rejects.toThrow('no descriptor found for reference "@3"')
  })

  it('is chosen by name or place from a docker-archive of several', async () => {
    await using from = await openStore()
    await using to = await openStore()
    await makeImage(from.images, {a: '1'}, {names: ['localhost/one:1']})
    const two = await makeImage(from.images, {b: '2'}, {names: ['localhost/two:1']})
    const output = join(from.path, 'several.tar')
    const options = {format: 'docker-archive', output, temporaryDirectory: from.path} as const
    await saveImages(from.images, ['one:1', 'two:1'], true, options)
    for (const reference of ['localhost/two:1', '@1'])
      expect((await pull(to, `docker-archive:${output}:${reference}`)).id).toBe(two.id)
    await expect(pull(to, `docker-archive:${output}`)).rejects.toThrow('expected 1 item, got 2')
    await expect(pull(to, `docker-archive:${output}:@2`)).rejects.toThrow('only 2 manifest items available')
    await expect(pull(to, `docker-archive:${output}:two`)).rejects.toThrow(
      'Tag "docker.io/library/two:latest" not found',
    )
    await expect(push(from, 'one:1', `docker-archive:${output}`)).rejects.toThrow(
      `initializing destination docker-archive:${output}: docker-archive doesn't support modifying existing images`,
    )
  })

  it('replaces the image of a dir, but no other files', async () => {
    await using from = await openStore()
    await using to = await openStore()
    await makeImage(from.images, {a: '1'}, {names: ['localhost/one:1']})
    const two = await makeImage(from.images, {b: '2'}, {names: ['localhost/two:1']})
    const directory = join(from.path, 'image')
    for (const name of ['one:1', 'two:1']) await push(from, name, `dir:${directory}`)
    expect(readdirSync(directory)).toHaveLength(4)
    expect((await pull(to, `dir:${directory}`)).id).toBe(two.id)
    const other = join(from.path, 'other')
    mkdirSync(other)
    writeFileSync(join(other, 'mine'), '')
    await expect(push(from, 'one:1', `dir:${other}`)).rejects.toThrow("don't want to overwrite important data")
    expect(readdirSync(other)).toEqual(['mine'])
    await expect(push(from, 'one:1', `dir:${from.path}/a/b`)).rejects.toThrow(
      `lstat ${from.path}/a: no such file or directory`,
    )
    expect(existsSync(join(from.path, 'a'))).toBe(false)
  })

  it('has the form and the compression that are asked for where the place takes them', async () => {
    await using from = await openStore()
    await using to = await openStore()
    const image = await makeImage(from.images, {a: '1'}, {names: ['localhost/one:1']})
    const out = (name: string) => join(from.path, name)
    const typesIn = (directory: string) => {
      const manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'))
      return [manifest.mediaType, manifest.layers[0].mediaType]
    }
    await push(from, 'one:1', `dir:${out('own')}`)
    await push(from, 'one:1', `dir:${out('docker')}`, {form: 'v2s2', forceCompression: true})
    const zstd = {compression: {format: 'zstd'}} as const
    await push(from, 'one:1', `dir:${out('zstd')}`, {...zstd, forceCompression: true})
    expect(['own', 'docker', 'zstd'].map((name) => typesIn(out(name)))).toEqual([
      ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.oci.image.layer.v1.tar'],
      ['application/vnd.docker.distribution.manifest.v2+json', 'application/vnd.docker.image.rootfs.diff.tar.gzip'],
      ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.oci.image.layer.v1.tar+zstd'],
    ])
    await push(from, 'one:1', `oci:${out('layout')}`, zstd)
    for (const text of [`dir:${out('docker')}`, `dir:${out('zstd')}`, `oci:${out('layout')}`]) {
      expect((await pull(to, text)).id).toBe(image.id)
      await to.images.remove(image.id, {users: noUsers})
    }
    for (const [options, message] of [
      [{form: 'oci'}, 'Unsupported manifest type, need a Docker schema 2 manifest'],
      [{forceCompression: true}, 'the layers of a docker-archive are not compressed'],
    ] as const)
      await expect(push(from, 'one:1', `docker-archive:${out('archive')}`, options)).rejects.toThrow(message)
    await expect(push(from, 'one:1', `oci:${out('layout')}`, {...zstd, form: 'v2s2'})).rejects.toThrow('--format oci')
  })

  it('is none where there is none', async () => {
    await using to = await openStore()
    writeFileSync(join(to.path, 'empty.tar'), Buffer.alloc(10_240))
    for (const [text, message] of [
      ['dir:/nonexistent', 'open /nonexistent/manifest.json: no such file or directory'],
      ['oci:/nonexistent', 'initializing source oci:/nonexistent:: open /nonexistent/index.json: no such file'],
      ['docker-archive:/nonexistent', 'opening file "/nonexistent": open /nonexistent: no such file or directory'],
      [`oci-archive:${to.path}`, `creating temp directory: read ${to.path}: is a directory`],
      [`docker-archive:${to.path}/empty.tar`, 'loading tar component manifest.json: file does not exist'],
      [`oci-archive:${to.path}/empty.tar`, 'loading index: open index.json: no such file or directory'],
    ] as const)
      await expect(pull(to, text)).rejects.toThrow(message)
    expect(to.images.list()).toEqual([])
  })
})
