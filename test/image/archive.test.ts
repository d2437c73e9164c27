import {execFileSync} from 'node:child_process'
import {mkdirSync, openSync, readdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {gzipSync, zstdCompressSync} from 'node:zlib'
import {describe, expect, it} from 'vitest'
import {
  digestOf,
  hexOf,
  importImage,
  loadImages,
  type SaveFormat,
  saveImages,
  verifyImages,
} from '../../src/image/index.ts'
import {makeImage, makeTar, openStore, writeFiles} from './store-fixture.ts'

const config = (diffIDs: readonly string[]) =>
  JSON.stringify({architecture: 'amd64', os: 'linux', config: {}, rootfs: {type: 'layers', diff_ids: diffIDs}})

/** Two layers, the second one twice, as old docker versions link a repeated layer. */
async function dockerDirectory(path: string): Promise<string> {
  const [low, high] = [await makeTar({a: '1'}), await makeTar({b: '2'})]
  const diffIDs = [low, high, high].map((tar) => digestOf(tar))
  const id = hexOf(digestOf(config(diffIDs)))
  const directory = join(path, 'docker')
  writeFiles(directory, {
    'one/layer.tar': low,
    'two/layer.tar': high,
    [`${id}.json`]: config(diffIDs),
    'manifest.json': JSON.stringify([
      {
        Config: `${id}.json`,
        RepoTags: ['old:1', 'quay.io/x/y:2'],
        Layers: ['one/layer.tar', 'two/layer.tar', 'three/layer.tar'],
      },
    ]),
  })
  mkdirSync(join(directory, 'three'))
  symlinkSync('../two/layer.tar', join(directory, 'three/layer.tar'))
  return directory
}

function packed(directory: string, ...args: string[]): string {
  const target = `${directory}${args.join('').replace(/[^a-z]/g, '')}.tar`
  // The manifest last, as writers that stream have it
  const names = readdirSync(directory).sort((a, b) => Number(a === 'manifest.json') - Number(b === 'manifest.json'))
  execFileSync('tar', ['-C', directory, ...args, '-cf', target, ...names])
  return target
}

describe('load', () => {
  it.each([
    ['plain', (tar: string) => tar],
    ['gzip', (tar: string) => compressed(tar, gzipSync)],
    ['zstd', (tar: string) => compressed(tar, zstdCompressSync)],
    ['xz', (tar: string) => compressed(tar, (bytes) => execFileSync('xz', ['-c'], {input: bytes}))],
    ['an open descriptor', (tar: string) => openSync(tar, 'r')],
  ])('takes a docker-archive with linked layers: %s', async (_, make) => {
    await using fixture = await openStore()
    const {images, path, events} = fixture
    const archive = make(packed(await dockerDirectory(path), '--format=gnu'))
    const [loaded] = await loadImages(images, {path: archive, temporaryDirectory: path})
    expect(loaded?.names).toEqual(['docker.io/library/old:1', 'quay.io/x/y:2'])
    expect(images.lookup('old:1').record.layers).toHaveLength(3)
    expect(verifyImages(images)).toEqual([])
    const named = typeof archive === 'string' ? archive : 'docker.io/library/old:1'
    expect(events.map(({status, name}) => [status, name])).toEqual([['loadfromarchive', named]])
    expect(readdirSync(path).filter((name) => name.includes('spool'))).toEqual([])
  })

  it('reads pax headers and long names', async () => {
    await using fixture = await openStore()
    const {images, path} = fixture
    const directory = await dockerDirectory(path)
    const long = `${'d'.repeat(120)}/${'e'.repeat(120)}.tar`
    writeFiles(directory, {[long]: readFileSync(join(directory, 'one/layer.tar'))})
    const manifest = readFileSync(join(directory, 'manifest.json'), 'utf8').replace('one/layer.tar', long)
    writeFileSync(join(directory, 'manifest.json'), manifest)
    for (const format of ['--format=pax', '--format=gnu'])
      expect(await loadImages(images, {path: packed(directory, format), temporaryDirectory: path})).toHaveLength(1)
  })

  it('refuses what is no image in podman’s words', async () => {
    await using fixture = await openStore()
    const {images, path} = fixture
    writeFileSync(join(path, 'bad'), 'x\n')
    await expect(loadImages(images, {path: join(path, 'bad'), temporaryDirectory: path})).rejects.toThrow(
      'payload does not match any of the supported image formats',
    )
    await expect(loadImages(images, {path: join(path, 'none'), temporaryDirectory: path})).rejects.toThrow(
      /stat .*none: no such file or directory/,
    )
  })

  it.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, 1500)],
    [
      'with a wrong header',
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 1024), Buffer.alloc(512, 7), bytes.subarray(1536)]),
    ],
  ])('refuses an archive %s and keeps nothing', async (_, spoil) => {
    await using fixture = await openStore()
    const {images, path} = fixture
    const tar = packed(await dockerDirectory(path))
    writeFileSync(tar, spoil(readFileSync(tar)))
    await expect(loadImages(images, {path: tar, temporaryDirectory: path})).rejects.toThrow()
    expect(images.list()).toEqual([])
  })

  it('refuses layers that are not those of the configuration', async () => {
    await using fixture = await openStore()
    const {images, path} = fixture
    const directory = await dockerDirectory(path)
    writeFiles(directory, {'two/layer.tar': await makeTar({b: 'forged'})})
    await expect(loadImages(images, {path: packed(directory), temporaryDirectory: path})).rejects.toMatchObject({
      code: 'ERR_DIGEST_MISMATCH',
    })
    expect(images.list()).toEqual([])
    await images.sweep()
    expect(images.layers.list()).toEqual([])
  })

  it('does not follow names and links out of the archive', async () => {
    await using fixture = await openStore()
    const {images, path} = fixture
    writeFileSync(join(path, 'secret'), '{}')
    const directory = writeFiles(join(path, 'evil'), {
      'manifest.json': JSON.stringify([{Config: '../secret', RepoTags: [], Layers: []}]),
    })
    for (const target of [directory, packed(directory)])
      await expect(loadImages(images, {path: target, temporaryDirectory: path})).rejects.toMatchObject({
        code: 'ERR_ARCHIVE_INVALID',
      })
  })
})

describe('save and load', () => {
  const formats: [SaveFormat, boolean][] = [
    ['docker-archive', false],
    ['oci-archive', true],
    ['oci-archive', false],
    ['oci-dir', true],
    ['docker-dir', true],
    ['docker-dir', false],
  ]

  it.each(formats)('carries an image as %s (compressed: %s)', async (format, compress) => {
    await using from = await openStore()
    await using to = await openStore()
    const base = await makeImage(from.images, {a: '1'})
    const image = await makeImage(from.images, {b: '2'}, {base, names: ['localhost/app:1'], config: {Cmd: ['x']}})
    const output = join(from.path, 'out')
    await saveImages(from.images, ['app:1'], false, {
      format,
      output,
      ...(compress && {compression: {format: 'gzip'}}),
      temporaryDirectory: from.path,
    })
    const [loaded] = await loadImages(to.images, {path: output, temporaryDirectory: to.path})
    expect(loaded?.image.id).toBe(image.id)
    expect(loaded?.names).toEqual(format === 'docker-dir' ? [`sha256:${image.id}`] : ['localhost/app:1'])
    expect(verifyImages(to.images)).toEqual([])
    expect(
      to.images.layers
        .list()
        .map(({chainID}) => chainID)
        .sort(),
    ).toEqual([...image.record.layers].sort())
    expect(readdirSync(from.path).filter((name) => name.startsWith('berth-'))).toEqual([])
  })

  it('keeps the digest when the layers are carried as the manifest says', async () => {
    await using from = await openStore()
    const image = await makeImage(from.images, {a: '1'}, {names: ['localhost/app:1']})
    const output = join(from.path, 'out')
    await saveImages(from.images, ['app:1'], false, {
      format: 'oci-dir',
      output,
      temporaryDirectory: from.path,
    })
    const index = JSON.parse(readFileSync(join(output, 'index.json'), 'utf8'))
    expect(index.manifests[0].digest).toBe(image.digest)
  })

  it('puts several images with shared layers in one docker-archive', async () => {
    await using from = await openStore()
    await using to = await openStore()
    const base = await makeImage(from.images, {a: '1'}, {names: ['localhost/base:1', 'localhost/too:1']})
    await makeImage(from.images, {b: '2'}, {base, names: ['localhost/app:1']})
    const output = join(from.path, 'out.tar')
    const options = {format: 'docker-archive', output, temporaryDirectory: from.path} as const
    await saveImages(from.images, ['base:1', 'app:1', 'too:1'], true, options)
    const names = execFileSync('tar', ['tf', output], {encoding: 'utf8'}).split('\n')
    expect(names.filter((name) => name.endsWith('.tar'))).toHaveLength(2)
    const loaded = await loadImages(to.images, {path: output, temporaryDirectory: to.path})
    expect(loaded.flatMap(({names: own}) => own)).toEqual(['localhost/base:1', 'localhost/too:1', 'localhost/app:1'])
    for (const format of ['oci-archive', 'oci-dir', 'docker-dir'] as const)
      await expect(saveImages(from.images, ['base:1', 'too:1'], true, {...options, format})).rejects.toThrow(
        `unsupported format "${format}" for saving multiple images (only docker-archive)`,
      )
    await expect(saveImages(from.images, ['base:1'], false, options)).rejects.toThrow(
      "docker-archive doesn't support modifying existing images",
    )
  })

  it('takes further names as tags when not told they are images', async () => {
    await using fixture = await openStore()
    const {images, path} = fixture
    await makeImage(images, {a: '1'}, {names: ['localhost/base:1']})
    const output = join(path, 'out.tar')
    await saveImages(images, ['base:1', 'extra'], false, {
      format: 'docker-archive',
      output,
      temporaryDirectory: path,
    })
    const [loaded] = await loadImages(images, {path: output, temporaryDirectory: path})
    expect(loaded?.names).toEqual(['localhost/base:1', 'localhost/extra:latest'])
  })
})

describe('import', () => {
  it('makes an image of one layer with the changes asked for', async () => {
    await using fixture = await openStore()
    const {images, path} = fixture
    writeFileSync(join(path, 'root.tar.gz'), gzipSync(await makeTar({'etc/motd': 'hi'})))
    const image = await importImage(images, {
      source: join(path, 'root.tar.gz'),
      reference: 'imported',
      changes: ['CMD ["sh"]', 'ENV=A=b'],
      message: 'from a test',
      architecture: 'arm64',
      variant: 'v8',
    })
    expect(image.names).toEqual(['localhost/imported:latest'])
    expect(image.config).toMatchObject({
      architecture: 'arm64',
      variant: 'v8',
      os: 'linux',
      config: {Cmd: ['sh'], Env: ['A=b']},
      history: [
        {
          comment: 'from a test',
          created_by: expect.stringMatching(/^\/bin\/sh -c #\(nop\) ADD file:[0-9a-f]{64} in \/$/),
        },
      ],
    })
  })

  it('leaves nothing of a tar that is none', async () => {
    await using fixture = await openStore()
    const {images, path} = fixture
    writeFileSync(join(path, 'bad'), 'no tar')
    await expect(importImage(images, {source: join(path, 'bad')})).rejects.toThrow()
    await expect(importImage(images, {source: join(path, 'none')})).rejects.toThrow('no such file or directory')
    expect(images.list()).toEqual([])
    expect(images.layers.list()).toEqual([])
  })
})

function compressed(tar: string, compress: (bytes: Buffer) => Uint8Array): string {
  writeFileSync(`${tar}.z`, compress(readFileSync(tar)))
  return `${tar}.z`
}
