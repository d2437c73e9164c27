import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {Readable} from 'node:stream'
import {buffer} from 'node:stream/consumers'
import {gzipSync} from 'node:zlib'
import {describe, expect, test} from 'vitest'
import {isMountPoint} from '../../src/host/index.ts'
import {describeTree, drivers, LayerFixture, shell} from './layer-fixture.ts'

const sha256 = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}` as const

/** A base tree with one of everything. */
const everything = `
  mkdir -p etc bin 'a dir' deep/er/and/deeper; echo root > etc/passwd; echo hello > bin/hello; ln bin/hello bin/again
  ln -s hello bin/soft; ln -s /etc/passwd bin/absolute; mkfifo etc/fifo; mknod etc/null c 1 3; mknod etc/block b 7 100
  chmod 4755 bin/hello; chmod 1777 'a dir'; chown 1000:2000 etc/passwd; chown -h 7:8 bin/soft
  touch -h -d '2001-02-03 04:05:06.123456789' etc/passwd bin/soft deep/er etc/fifo
  setcap cap_net_raw+ep bin/again; python3 -c "import os;os.setxattr('etc/passwd','user.bytes',bytes(range(256)))"
  python3 -c "open(b'not-utf8-\\xff','w').write('x'); open('ünïcode','w').write('y')"
  truncate -s 3M deep/hole; echo end >> deep/hole; touch $(printf 'n%.0s' {1..200}); mkdir -p $(printf 'd%.0s' {1..90})/$(printf 'e%.0s' {1..90})`

describe.each(drivers)('layer store on %s', (driver) => {
  const open = (limits = {}) => LayerFixture.open(driver, limits)

  test.each([
    ['gnu'],
    ['pax'],
    ['gnu', '--sparse'],
    ['pax', '--sparse'],
    ['pax', '--sparse', '--sparse-version=0.0'],
    ['pax', '--sparse', '--sparse-version=0.1'],
  ])('a layer is what the tar says (%s %s %s)', async (format, ...options) => {
    await using f = await open()
    const tar = f.tarOf(everything, `--format=${format}`, ...options)
    const layer = await f.apply(tar)
    const expected = f.mkdir('expected')
    execFileSync('tar', ['-xp', '--xattrs', '--xattrs-include=*', '-C', expected], {input: tar})
    await f.store.createContainerLayer('web', layer.chainID)
    expect(describeTree(await f.store.mountContainerLayer('web'))).toBe(describeTree(expected))
    expect(layer).toMatchObject({diffID: sha256(tar), chainID: sha256(tar), sizeBytes: tar.length})
    expect(sha256(await buffer(f.store.tar(layer.chainID)))).toBe(layer.diffID)
  })

  test('a layer on a layer has the chain id of the specification, and hides what its whiteouts name', async () => {
    await using f = await open()
    const base = await f.apply(
      f.tarOf(
        'mkdir -p d/sub o; echo 1 > d/gone; echo 2 > d/kept; echo 3 > o/old; mkdir o/olddir; echo f > file; mkdir swap',
      ),
    )
    const next = await f.apply(
      f.tarOf(
        'mkdir d o; touch d/.wh.gone d/.wh.sub o/.wh..wh..opq; echo new > o/new; mkdir file; echo x > file/x; touch swap',
      ),
      base,
    )
    const chain = createHash('sha256').update(`${base.chainID} ${next.diffID}`).digest('hex')
    expect(next.chainID).toBe(`sha256:${chain}`)
    await f.store.createContainerLayer('web', next.chainID)
    const merged = await f.store.mountContainerLayer('web')
    expect(shell('find . -mindepth 1 | sort', merged).trim().split('\n')).toEqual([
      './d',
      './d/kept',
      './file',
      './file/x',
      './o',
      './o/new',
      './swap',
    ])
    expect(statSync(join(merged, 'swap')).isFile()).toBe(true)
    expect(sha256(await buffer(f.store.tar(next.chainID)))).toBe(next.diffID)
  })

  test('a whiteout hides what is below, not what its own archive holds', async () => {
    await using f = await open()
    const base = await f.apply(f.tarOf('mkdir d e; echo low > d/low; echo low > e/low; echo low > f'))
    for (const order of [
      ['d', 'd/.wh..wh..opq', 'd/high', 'e/high', '.wh.e', 'f', '.wh.f'],
      ['.wh.e', '.wh.f', 'd/high', 'd/.wh..wh..opq', 'e/high', 'f'],
    ]) {
      const next = await f.apply(
        f.tarOfEntries('mkdir d e; touch .wh.e .wh.f d/.wh..wh..opq; echo high | tee d/high e/high > f', ...order),
        base,
      )
      await f.store.createContainerLayer('web', next.chainID)
      const merged = await f.store.mountContainerLayer('web')
      expect(shell('find . -mindepth 1 | sort; cat f', merged)).toBe('./d\n./d/high\n./e\n./e/high\n./f\nhigh\n')
      await f.store.removeContainerLayer('web')
      await f.store.remove(next.chainID)
    }
  })

  test('a whole root is hidden', async () => {
    await using f = await open()
    const base = await f.apply(f.tarOf('mkdir a b; touch a/x b/y c'))
    const next = await f.apply(f.tarOf('mkdir a; touch a/new .wh..wh..opq'), base)
    await f.store.createContainerLayer('web', next.chainID)
    expect(shell('find . -mindepth 1 | sort', await f.store.mountContainerLayer('web'))).toBe('./a\n./a/new\n')
  })

  test('whiteouts that hide nothing are nothing', async () => {
    await using f = await open()
    const base = await f.apply(f.tarOf('mkdir -p old full/sub; touch old/a old/b full/a full/sub/b'))
    const next = await f.apply(
      f.tarOf(
        'mkdir -p new/er old full/sub; touch new/.wh.x new/er/.wh.y old/.wh.a old/.wh.none .wh.z full/.wh..wh..opq full/.wh.a full/sub/.wh.b',
      ),
      base,
    )
    await f.store.createContainerLayer('web', next.chainID)
    const merged = await f.store.mountContainerLayer('web')
    expect(shell('find . -mindepth 1 | sort', merged)).toBe('./full\n./full/sub\n./new\n./new/er\n./old\n./old/b\n')
    expect(sha256(await buffer(f.store.tar(next.chainID)))).toBe(next.diffID)
  })

  test('directories that no entry describes look as they do below', async () => {
    await using f = await open()
    const base = await f.apply(
      f.tarOf('mkdir -p srv/data; chmod 1770 srv/data; chown 5:6 srv/data; chmod 711 srv; chmod 700 .; chown 3:4 .'),
    )
    const next = await f.apply(f.tarOfEntries('mkdir -p srv/data; touch srv/data/new', 'srv/data/new'), base)
    await f.store.createContainerLayer('web', next.chainID)
    const merged = await f.store.mountContainerLayer('web')
    expect(shell("stat -c '%a %u:%g' . srv srv/data", merged)).toBe('700 3:4\n711 0:0\n1770 5:6\n')
  })

  test('blobs are checked, and remembered as they came', async () => {
    await using f = await open()
    const tar = f.tarOf('echo hello > f')
    const blob = gzipSync(tar)
    const request = {diffID: sha256(tar), blobDigest: sha256(blob), mediaType: 'application/x'}
    const layer = await f.store.apply({source: Readable.from([blob]), ...request})
    expect(layer.blob).toEqual({digest: sha256(blob), sizeBytes: blob.length, mediaType: 'application/x'})
    expect(f.store.get(layer.chainID)).toEqual(layer)
    const mismatch = {code: 'ERR_DIGEST_MISMATCH'}
    const other = f.tarOf('echo other > f')
    await expect(f.store.apply({source: Readable.from([other]), diffID: sha256(blob)})).rejects.toMatchObject(mismatch)
    await expect(f.store.apply({source: Readable.from([other]), blobDigest: sha256(blob)})).rejects.toMatchObject(
      mismatch,
    )
    expect(f.store.list()).toEqual([layer])
    expect(readdirSync(join(f.root, 'active'))).toEqual([])
  })

  test('a layer that is there is not read again', async () => {
    await using f = await open()
    const tar = f.tarOf('echo hello > f')
    const layer = await f.apply(tar)
    const source = new Readable({read: () => expect.unreachable('source was read')})
    expect(await f.store.apply({source, diffID: layer.diffID})).toEqual(layer)
    expect(source.destroyed).toBe(true)
    expect(await f.apply(tar)).toEqual(layer)
  })

  test('of many who apply one layer, all get it and one is made', async () => {
    await using f = await open()
    const tar = f.tarOf('for i in $(seq 300); do echo $i > f$i; done')
    const stores = await Promise.all(Array.from({length: 6}, () => f.again()))
    const layers = await Promise.all(
      stores.map((store, index) =>
        store.apply({source: Readable.from([tar]), diffID: index % 2 ? sha256(tar) : undefined}),
      ),
    )
    for (const layer of layers) expect(layer.chainID).toBe(sha256(tar))
    expect(f.store.list()).toHaveLength(1)
    expect(readdirSync(join(f.root, 'active'))).toEqual([])
  })

  test('a layer can be extracted before its parent is there', async () => {
    await using f = await open()
    const [first, second] = [
      f.tarOf('mkdir d; chmod 750 d; chmod 711 .; echo 1 > d/one'),
      f.tarOfEntries('mkdir d; echo 2 > d/two', 'd/two'),
    ]
    const {promise, resolve} = Promise.withResolvers<void>()
    const later = f.store.apply({source: Readable.from([second]), parent: sha256(first), after: promise})
    await f.apply(first)
    resolve()
    const layer = await later
    await f.store.createContainerLayer('web', layer.chainID)
    expect(shell('cat d/*; stat -c %a . d', await f.store.mountContainerLayer('web'))).toBe('1\n2\n711\n750\n')
  })

  test('when the parent fails, so does the child, and nothing is left', async () => {
    await using f = await open()
    const failing = f.store.apply({
      source: Readable.from([f.tarOf('touch x')]),
      parent: `sha256:${'0'.repeat(64)}`,
      after: Promise.reject(new Error('parent failed')),
    })
    await expect(failing).rejects.toThrow('parent failed')
    const orphan = f.store.apply({source: Readable.from([f.tarOf('touch x')]), parent: `sha256:${'0'.repeat(64)}`})
    await expect(orphan).rejects.toMatchObject({code: 'ERR_LAYER_UNKNOWN'})
    expect(existsSync(join(f.root, 'active')) ? readdirSync(join(f.root, 'active')) : []).toEqual([])
  })

  test('an application can be given up', async () => {
    await using f = await open()
    const abort = new AbortController()
    const endless = new Readable({
      read() {
        setImmediate(() => this.push(Buffer.alloc(512)))
      },
    })
    const applying = f.store.apply({source: endless, signal: abort.signal})
    setTimeout(() => abort.abort(new Error('enough')), 50)
    await expect(applying).rejects.toThrow('enough')
    expect(readdirSync(join(f.root, 'active'))).toEqual([])
  })

  test('mounts are counted, and what the kernel says holds', async () => {
    await using f = await open()
    const layer = await f.apply(f.tarOf('echo hello > f'))
    await f.store.createContainerLayer('web', layer.chainID)
    const other = await f.again()
    const path = await f.store.mountContainerLayer('web')
    expect(await other.mountContainerLayer('web')).toBe(path)
    expect(f.store.containerLayerMount('web')).toEqual({path, count: 2})
    await f.store.unmountContainerLayer('web')
    expect(isMountPoint(path)).toBe(true)
    await other.unmountContainerLayer('web')
    expect([isMountPoint(path), f.store.containerLayerMount('web')]).toEqual([false, undefined])
    await f.store.unmountContainerLayer('web')
    await f.store.mountContainerLayer('web')
    await f.store.mountContainerLayer('web')
    // as after a reboot: the count is there, the mount is not
    execFileSync('umount', [path])
    await f.store.mountContainerLayer('web')
    expect(f.store.containerLayerMount('web')?.count).toBe(1)
    await f.store.mountContainerLayer('web')
    await f.store.unmountContainerLayer('web', {force: true})
    expect(isMountPoint(path)).toBe(false)
  })

  test('a container layer keeps what was written, until it is removed', async () => {
    await using f = await open()
    const layer = await f.apply(f.tarOf('echo hello > f'))
    await f.store.createContainerLayer('web', layer.chainID)
    await expect(f.store.createContainerLayer('web', layer.chainID)).rejects.toMatchObject({
      code: 'ERR_SNAPSHOT_EXISTS',
    })
    writeFileSync(join(await f.store.mountContainerLayer('web', {volatile: true}), 'new'), 'x')
    await f.store.unmountContainerLayer('web')
    const merged = await (await f.again()).mountContainerLayer('web')
    expect(readFileSync(join(merged, 'new'), 'utf8')).toBe('x')
    expect(f.store.containerLayer('web')).toMatchObject({id: 'web', parent: layer.chainID})
    expect(await f.store.listContainerLayers()).toEqual(['web'])
    await expect(f.store.remove(layer.chainID)).rejects.toMatchObject({code: 'ERR_SNAPSHOT_HAS_CHILDREN'})
    await f.store.removeContainerLayer('web')
    await f.store.removeContainerLayer('web')
    expect([isMountPoint(merged), await f.store.listContainerLayers()]).toEqual([false, []])
    await f.store.remove(layer.chainID)
    expect([f.store.has(layer.chainID), f.store.list()]).toEqual([false, []])
    expect(() => f.store.get(layer.chainID)).toThrow(expect.objectContaining({code: 'ERR_LAYER_UNKNOWN'}))
  })

  test('what is not there is unknown', async () => {
    await using f = await open()
    const unknown = {code: 'ERR_LAYER_UNKNOWN'}
    const none = `sha256:${'0'.repeat(64)}` as const
    for (const attempt of [
      f.store.createContainerLayer('web', none),
      f.store.mountContainerLayer('web'),
      f.store.containerLayerDiff('web'),
      f.store.containerLayerBytes('web'),
      f.store.containerLayerTar('web'),
      f.store.commitContainerLayer('web'),
      f.store.scratchDisk('web'),
      f.store.remove(none),
      f.store.layerBytes(none),
      f.store.mountLayer(none),
      f.store.blockImage(none),
      f.store.squash(none),
    ])
      await expect(attempt).rejects.toMatchObject(unknown)
    expect(f.store.has(none)).toBe(false)
    await f.store.unmountContainerLayer('web')
    expect(await f.store.listContainerLayers()).toEqual([])
  })

  const changing = `echo changed > etc/passwd; rm bin/hello; rm -r deep; mkdir -p new/dir; echo x > new/dir/f; ln new/dir/f new/twin
    chmod 700 'a dir'; ln -s nowhere new/link; mkfifo new/fifo; mknod new/dev c 5 1; truncate -s 5M new/hole; echo e >> new/hole
    setcap cap_chown+ep new/dir/f; rm -r bin; mkdir bin; touch bin/other; python3 -c "open(b'n\\xfe','w')"`

  test('diff tells what was added, changed and deleted', async () => {
    await using f = await open()
    const layer = await f.apply(
      f.tarOf(
        'mkdir -p etc bin deep/er same touched; echo 1 > etc/passwd; touch bin/hello same/file deep/er/x etc/kept "a b"',
      ),
    )
    await f.store.createContainerLayer('web', layer.chainID)
    expect(await f.store.containerLayerDiff('web')).toEqual([])
    shell(
      `echo 2 > etc/passwd; rm bin/hello 'a b'; rm -r deep; mkdir -p new/d; touch new/d/f; chmod 700 touched
       touch same/tmp; touch -d @1 same; rm same/tmp; touch -r same/file same`,
      await f.store.mountContainerLayer('web'),
    )
    const diff = await f.store.containerLayerDiff('web')
    const text = diff.filter(({path}) => path !== '/same').map(({path, kind}) => `${kind[0]} ${path}`)
    expect(text).toEqual([
      'd /a b',
      'c /bin',
      'd /bin/hello',
      'd /deep',
      'c /etc',
      'c /etc/passwd',
      'a /new',
      'a /new/d',
      'a /new/d/f',
      'c /touched',
    ])
  })

  test('the tar of a container layer, applied, gives the same tree', async () => {
    await using f = await open()
    const layer = await f.apply(f.tarOf(everything, '--format=pax'))
    await f.store.createContainerLayer('web', layer.chainID)
    const merged = await f.store.mountContainerLayer('web')
    shell(changing, merged)
    const next = await f.store.apply({source: await f.store.containerLayerTar('web'), parent: layer.chainID})
    await f.store.createContainerLayer('copy', next.chainID)
    const seconds = (text: string) => text.replace(/(\d{9,10})\.\d{10}/g, '$1')
    expect(seconds(describeTree(await f.store.mountContainerLayer('copy')))).toBe(seconds(describeTree(merged)))
    expect(statSync(join(f.store.containerLayerUpper('web'), 'new/hole')).blocks).toBeLessThan(64)
  })

  test('a container layer is committed where it lies, and its tar can be made again', async () => {
    await using f = await open()
    const layer = await f.apply(f.tarOf(everything, '--format=pax'))
    await f.store.createContainerLayer('web', layer.chainID)
    const merged = await f.store.mountContainerLayer('web')
    shell(changing, merged)
    const seen = describeTree(merged)
    await expect(f.store.commitContainerLayer('web')).rejects.toMatchObject({code: 'ERR_SNAPSHOT_STATE'})
    await f.store.unmountContainerLayer('web')
    const tar = await buffer(await f.store.containerLayerTar('web'))
    const committed = await f.store.commitContainerLayer('web')
    expect(committed).toMatchObject({diffID: sha256(tar), parent: layer.chainID, sizeBytes: tar.length})
    expect(sha256(await buffer(f.store.tar(committed.chainID)))).toBe(committed.diffID)
    expect(await f.store.listContainerLayers()).toEqual([])
    await f.store.createContainerLayer('next', committed.chainID)
    expect(describeTree(await f.store.mountContainerLayer('next'))).toBe(seen)
    expect(await f.store.verify({deep: true})).toEqual([])
  })

  test('a container layer that changed nothing becomes the empty layer, once', async () => {
    await using f = await open()
    const layer = await f.apply(f.tarOf('touch f'))
    const ids = []
    for (const id of ['one', 'two']) {
      await f.store.createContainerLayer(id, layer.chainID)
      ids.push((await f.store.commitContainerLayer(id)).diffID)
    }
    expect(new Set(ids).size).toBe(1)
    expect(f.store.list()).toHaveLength(2)
    expect(await f.store.listContainerLayers()).toEqual([])
  })

  test('layers are squashed', async () => {
    await using f = await open()
    const one = await f.apply(f.tarOf('mkdir d; echo 1 > d/a; echo 1 > d/b; echo 1 > c'))
    const two = await f.apply(f.tarOf('mkdir d; touch d/.wh.a; echo 2 > d/b'), one)
    const three = await f.apply(f.tarOf('touch .wh.c; echo 3 > e'), two)
    const upon = await f.store.squash(three.chainID, one.chainID)
    expect(upon.parent).toBe(one.chainID)
    const whole = await f.store.squash(three.chainID)
    for (const layer of [three, upon, whole]) {
      const path = await f.store.mountLayer(layer.chainID)
      expect(shell('find . -mindepth 1 | sort; cat d/b e', path)).toBe('./d\n./d/b\n./e\n2\n3\n')
      await f.store.unmountLayer(layer.chainID)
    }
  })

  test('a layer is mounted read-only, and held by its mount', async () => {
    await using f = await open()
    const layer = await f.apply(f.tarOf('echo hello > f'))
    const path = await f.store.mountLayer(layer.chainID)
    expect(await (await f.again()).mountLayer(layer.chainID)).toBe(path)
    expect(f.store.layerMount(layer.chainID)).toEqual({path, count: 2})
    expect(() => writeFileSync(join(path, 'x'), '')).toThrow(/EROFS/)
    await expect(f.store.remove(layer.chainID)).rejects.toMatchObject({code: 'ERR_SNAPSHOT_HAS_CHILDREN'})
    await f.store.unmountLayer(layer.chainID)
    await f.store.unmountLayer(layer.chainID)
    expect(isMountPoint(path)).toBe(false)
    await f.store.remove(layer.chainID)
  })

  test('a view that a reboot left does not hold its layer after a sweep', async () => {
    await using f = await open()
    const layer = await f.apply(f.tarOf('echo hello > f'))
    execFileSync('umount', [await f.store.mountLayer(layer.chainID)])
    rmSync(join(f.directory, 'run'), {recursive: true})
    await f.store.sweep()
    await f.store.remove(layer.chainID)
  })

  test('the bytes of a layer are what its files hold, as are those that a container added', async () => {
    await using f = await open()
    const layer = await f.apply(f.tarOf('head -c 1M /dev/urandom > big; ln big twin'))
    expect(await f.store.layerBytes(layer.chainID)).toBe(1 << 20)
    expect(await f.store.layerBytes(layer.chainID)).toBe(1 << 20)
    const next = await f.apply(f.tarOf('rm -rf *; mkdir new; echo four > new/file'), layer)
    expect(await f.store.layerBytes(next.chainID)).toBe(5)
    await f.store.createContainerLayer('web', layer.chainID)
    expect(await f.store.containerLayerBytes('web')).toBe(0)
    const script =
      'head -c 2M /dev/urandom > more; mkdir d; ln more d/again; ln -s more link; truncate -s 1M holes; rm twin'
    shell(script, await f.store.mountContainerLayer('web'))
    expect(await f.store.containerLayerBytes('web')).toBe((2 << 20) + 'more'.length + (1 << 20))
  })

  test('verify finds what is broken, and mends what can be mended', async () => {
    await using f = await open()
    const base = await f.apply(f.tarOf('echo hello > f; echo x > g'))
    const next = await f.apply(f.tarOf('echo next > h'), base)
    expect(await f.store.verify({deep: true})).toEqual([])
    const content = join(f.root, 'committed', base.chainID.replace(':', '-'), 'diff')
    writeFileSync(join(content, 'f'), 'HELLO\n')
    expect(await f.store.verify()).toEqual([])
    expect(await f.store.verify({deep: true})).toMatchObject([
      {kind: 'content-changed', object: base.chainID, repaired: false},
    ])
    rmSync(join(content, 'f'))
    expect(await f.store.verify({deep: true})).toMatchObject([{kind: 'content-changed', object: base.chainID}])
    writeFileSync(join(content, 'f'), 'hello\n')
    shell('mkdir active/new-1234 committed/rm-5678; ln -s ../committed/none/diff l/zz; rm l/$(ls l | head -1)', f.root)
    const kinds = (await f.store.verify()).map(({kind}) => kind)
    expect(kinds.sort()).toEqual(['leftover', 'leftover', 'link-dangling', 'link-missing'])
    expect((await f.store.verify({repair: true})).every(({repaired}) => repaired)).toBe(true)
    expect(await f.store.verify()).toEqual([])
    writeFileSync(join(f.root, 'committed', next.chainID.replace(':', '-'), 'layer.json'), '{')
    expect(await f.store.verify()).toMatchObject([{kind: 'record-damaged', object: next.chainID, repaired: false}])
    expect(await f.store.verify({removeDamaged: true})).toMatchObject([{repaired: true}])
    expect(f.store.list()).toEqual([base])
  })

  test('a file that is not the layer owner, or unreadable, is still extracted by root', async () => {
    await using f = await open()
    const layer = await f.apply(f.tarOf('mkdir d; echo x > d/f; chmod 000 d/f; chmod 000 d'))
    await f.store.createContainerLayer('web', layer.chainID)
    const merged = await f.store.mountContainerLayer('web')
    expect([statSync(join(merged, 'd')).mode & 0o777, statSync(join(merged, 'd/f')).mode & 0o777]).toEqual([0, 0])
    chmodSync(join(merged, 'd'), 0o700)
  })
})
