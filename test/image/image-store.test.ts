import {mkdirSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {imageHistory, inspectImage, layersAbove, pruneImages, verifyImages} from '../../src/image/index.ts'
import {makeImage, noUsers, openStore} from './store-fixture.ts'

const parseMoment = (text: string) => new Date(text)

describe('image store', () => {
  it('keeps images with their original bytes across processes', async () => {
    await using fixture = await openStore()
    const made = await makeImage(
      fixture.images,
      {a: '1'},
      {names: ['localhost/app:1'], config: {Cmd: ['x'], Labels: {k: 'v'}}},
    )
    const found = (await fixture.reopen()).lookup('app:1')
    expect(found.id).toBe(made.id)
    expect(found.config.config).toEqual({Cmd: ['x'], Labels: {k: 'v'}})
    expect(found.configBytes.equals(made.configBytes)).toBe(true)
    expect(found.record.labels).toEqual({k: 'v'})
    expect(fixture.images.layers.has(found.topLayer as never)).toBe(true)
    expect(verifyImages(fixture.images)).toEqual([])
  })

  it('moves a name from one image to the next and remembers it', async () => {
    await using fixture = await openStore()
    const {images} = fixture
    const first = await makeImage(images, {a: '1'}, {names: ['localhost/app:latest']})
    const second = await makeImage(images, {a: '2'}, {names: ['localhost/app:latest']})
    expect(images.lookup('app').id).toBe(second.id)
    expect(images.get(first.id).names).toEqual([])
    expect(images.get(first.id).namesHistory).toEqual(['localhost/app:latest'])
  })

  it('tags and untags with normalised names and tells the event log', async () => {
    await using fixture = await openStore()
    const {images, events} = fixture
    const {id} = await makeImage(images, {a: '1'}, {names: ['localhost/app:latest']})
    await images.tag(id, ['other', 'quay.io/t/x:2', 'docker.io/y'])
    expect(images.get(id).names).toEqual([
      'localhost/app:latest',
      'localhost/other:latest',
      'quay.io/t/x:2',
      'docker.io/library/y:latest',
    ])
    await images.untag(id, ['quay.io/t/x:2'])
    expect(images.find('quay.io/t/x:2')).toBeUndefined()
    await images.untag(id)
    expect(images.get(id).names).toEqual([])
    expect(events.filter(({status}) => status === 'untag')).toHaveLength(4)
  })

  it('refuses an image whose layer is missing or whose manifest names another configuration', async () => {
    await using fixture = await openStore()
    const {images} = fixture
    const image = await makeImage(images, {a: '1'})
    const configBytes = Buffer.from(
      JSON.stringify({
        architecture: 'amd64',
        os: 'linux',
        rootfs: {type: 'layers', diff_ids: [`sha256:${'1'.repeat(64)}`]},
      }),
    )
    await expect(images.create({configBytes})).rejects.toMatchObject({code: 'ERR_LAYER_UNKNOWN'})
    const other = Buffer.from(`${image.configBytes.toString()} `)
    await expect(images.create({configBytes: other, manifestBytes: image.manifestBytes})).rejects.toMatchObject({
      code: 'ERR_MANIFEST_INVALID',
    })
    expect(images.list()).toHaveLength(1)
  })
})

describe('remove', () => {
  it('takes a name of several away and the image with the last one, layers too', async () => {
    await using fixture = await openStore()
    const {images} = fixture
    const {id} = await makeImage(images, {a: '1'}, {names: ['localhost/a:1', 'localhost/b:1']})
    await expect(images.remove(id.slice(0, 12), {users: noUsers})).rejects.toThrow(
      `unable to delete image "${id}" by ID with more than one tag ([localhost/a:1 localhost/b:1]): please force removal`,
    )
    expect(await images.remove('a:1', {users: noUsers})).toMatchObject({untagged: ['localhost/a:1'], deleted: []})
    expect(await images.remove('b:1', {users: noUsers})).toMatchObject({untagged: ['localhost/b:1'], deleted: [id]})
    expect(images.list()).toEqual([])
    expect(images.layers.list()).toEqual([])
    await expect(images.remove('b:1', {users: noUsers})).rejects.toThrow('b:1: image not known')
  })

  it('keeps layers that another image uses', async () => {
    await using fixture = await openStore()
    const {images} = fixture
    const base = await makeImage(images, {a: '1'}, {names: ['localhost/base:1']})
    const child = await makeImage(images, {b: '2'}, {base, names: ['localhost/child:1']})
    expect(await images.remove('base:1', {users: noUsers})).toMatchObject({untagged: ['localhost/base:1'], deleted: []})
    expect(images.layers.list()).toHaveLength(2)
    expect(verifyImages(images)).toEqual([])
    await images.remove(child.id, {users: noUsers})
    expect(images.layers.list()).toEqual([])
  })

  it('takes nameless parents along unless told not to', async () => {
    await using fixture = await openStore()
    const {images} = fixture
    const grand = await makeImage(images, {a: '1'}, {names: ['localhost/grand:1']})
    const parent = await makeImage(images, undefined, {base: grand, createdBy: 'ENV'})
    const child = await makeImage(images, {b: '2'}, {base: parent, names: ['localhost/child:1']})
    const other = await makeImage(images, {c: '3'}, {base: parent, names: ['localhost/other:1']})
    expect((await images.remove('other:1', {users: noUsers})).deleted).toEqual([other.id])
    expect((await images.remove('child:1', {users: noUsers, noPrune: true})).deleted).toEqual([child.id])
    const again = await makeImage(images, {b: '2'}, {base: images.get(parent.id), names: ['localhost/child:1']})
    expect((await images.remove('child:1', {users: noUsers})).deleted).toEqual([again.id, parent.id])
    expect(images.list().map(({id}) => id)).toEqual([grand.id])
  })

  it('refuses an image that a container uses and removes the container when forced', async () => {
    await using fixture = await openStore()
    const {images} = fixture
    await makeImage(images, {a: '1'}, {names: ['localhost/a:1']})
    const removed: string[] = []
    const users = {
      containersOf: async () => ['c1'],
      removeContainer: async (id: string) => {
        removed.push(id)
      },
    }
    await expect(images.remove('a:1', {users})).rejects.toMatchObject({
      code: 'ERR_IMAGE_IN_USE',
      message:
        'image used by c1: image is in use by a container: consider listing external containers and force-removing image',
    })
    await images.remove('a:1', {users, force: true})
    expect(removed).toEqual(['c1'])
    expect(images.list()).toEqual([])
  })

  it('removes an image whose configuration is spoilt', async () => {
    await using fixture = await openStore()
    const {images} = fixture
    const {id} = await makeImage(images, {a: '1'}, {names: ['localhost/a:1']})
    await makeImage(images, {a: '1'}, {names: ['localhost/b:1'], createdBy: 'other'})
    writeFileSync(join(images.directory, id, 'config'), 'spoilt')
    expect(verifyImages(images)).toEqual([{imageID: id, reason: expect.stringContaining('record is damaged')}])
    await images.remove('a:1', {users: noUsers})
    expect(verifyImages(images)).toEqual([])
  })
})

describe('crashes', () => {
  it('leave only what the sweep removes', async () => {
    await using fixture = await openStore()
    const {images} = fixture
    const kept = await makeImage(images, {a: '1'}, {names: ['localhost/kept:1']})
    const lost = await makeImage(images, {b: '1'})
    const index = JSON.parse(
      JSON.stringify({version: 1, images: {[kept.id]: {names: kept.names, namesHistory: [], digests: kept.digests}}}),
    )
    writeFileSync(join(images.directory, 'index.json'), JSON.stringify(index))
    for (const name of ['new-1-1', 'rm-1-1']) mkdirSync(join(images.directory, name))
    await images.sweep()
    expect(readdirSync(images.directory).sort()).toEqual(['index.json', kept.id, 'store.lock'].sort())
    expect(images.layers.list().map(({chainID}) => chainID)).toEqual([kept.topLayer])
    expect(images.find(lost.id)).toBeUndefined()
  })

  it('a held layer outlives the sweep until the hold ends', async () => {
    await using fixture = await openStore()
    const {images} = fixture
    const image = await makeImage(images, {a: '1'}, {names: ['localhost/a:1']})
    const other = await fixture.reopen()
    {
      await using hold = await images.holdLayers()
      await hold.add(image.topLayer as never)
      await other.remove('a:1', {users: noUsers})
      await other.sweep()
      expect(images.layers.has(image.topLayer as never)).toBe(true)
    }
    await other.sweep()
    expect(images.layers.has(image.topLayer as never)).toBe(false)
  })

  it('takes away the hold of a process that died', async () => {
    await using fixture = await openStore()
    const {images} = fixture
    const image = await makeImage(images, {a: '1'}, {names: ['localhost/a:1']})
    const holds = join(images.directory, 'holds')
    mkdirSync(holds, {recursive: true})
    writeFileSync(join(holds, '1-1-1.lock'), '')
    writeFileSync(join(holds, '1-1-1.layers'), '*')
    await images.remove('a:1', {users: noUsers})
    expect(images.layers.has(image.topLayer as never)).toBe(false)
    expect(readdirSync(holds)).toEqual([])
  })

  it('says when the store was written by a newer version', async () => {
    await using fixture = await openStore()
    const {images} = fixture
    await makeImage(images, {a: '1'})
    writeFileSync(join(images.directory, 'index.json'), '{"version":99,"images":{}}')
    expect(() => images.list()).toThrow(expect.objectContaining({code: 'ERR_RECORD_VERSION'}))
    rmSync(join(images.directory, 'index.json'))
  })
})

describe('views of an image', () => {
  it('inspects with the parent and podman’s fields', async () => {
    await using fixture = await openStore()
    const {images} = fixture
    const base = await makeImage(images, {a: '1'}, {names: ['localhost/base:1']})
    const child = await makeImage(images, undefined, {
      base,
      names: ['localhost/child:1'],
      config: {User: 'me', Env: ['A=b'], Labels: {}},
    })
    expect(inspectImage(images, child)).toMatchObject({
      Id: child.id,
      Parent: base.id,
      RepoTags: ['localhost/child:1'],
      RepoDigests: [`localhost/child@${child.digest}`],
      Created: '2026-01-02T03:04:05.6Z',
      Config: {User: 'me', Env: ['A=b']},
      Labels: null,
      User: 'me',
      ManifestType: 'application/vnd.oci.image.manifest.v1+json',
    })
  })

  it('tells the history with the images that end at each entry', async () => {
    await using fixture = await openStore()
    const {images} = fixture
    const base = await makeImage(images, {a: '1'}, {names: ['localhost/base:1'], createdBy: 'ADD a'})
    const middle = await makeImage(images, undefined, {base, createdBy: 'ENV'})
    const child = await makeImage(images, {b: '2'}, {base: middle, names: ['localhost/child:1'], createdBy: 'ADD b'})
    expect(imageHistory(images, child).map(({id, createdBy, tags}) => [id, createdBy, tags])).toEqual([
      [child.id, 'ADD b', ['localhost/child:1']],
      [undefined, 'ENV', []],
      [base.id, 'ADD a', ['localhost/base:1']],
    ])
    expect(layersAbove(images, base)).toMatchObject([
      {id: base.topLayer, topOf: ['localhost/base:1'], children: [{id: child.topLayer, topOf: ['localhost/child:1']}]},
    ])
  })

  it('prunes dangling images, or all that no container uses', async () => {
    await using fixture = await openStore()
    const {images} = fixture
    const named = await makeImage(images, {a: '1'}, {names: ['localhost/named:1']})
    const dangling = await makeImage(images, {b: '2'}, {config: {Labels: {keep: 'no'}}})
    const context = {store: images, users: noUsers, parseMoment}
    expect(await pruneImages(context, {filters: ['label=other']})).toEqual([])
    expect(await pruneImages(context, {filters: ['until=2000-01-01']})).toEqual([])
    expect(await pruneImages(context, {filters: ['label=keep=no']})).toEqual([dangling.id])
    const users = {...noUsers, containersOf: async () => ['c']}
    expect(await pruneImages({...context, users}, {all: true})).toEqual([])
    expect(await pruneImages(context, {all: true})).toEqual([named.id])
    expect(images.layers.list()).toEqual([])
  })
})
