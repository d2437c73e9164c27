import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {Index} from '../../src/oci/types/image-spec.ts'
import {requireSuccess, runCommand} from '../helpers/command.ts'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {openPodman} from '../helpers/podman.ts'
import {openRegistry, type TestRegistry} from '../helpers/registry.ts'

let registry: TestRegistry
let berth: TestEngine
let podman: TestEngine
const plain = '--tls-verify=false'

beforeAll(async () => {
  registry = await openRegistry()
  berth = openBerth()
  podman = openPodman()
  for (const engine of [berth, podman]) await engine.output('load', '-q', '-i', await busyboxArchive())
})

afterAll(async () => {
  await berth[Symbol.asyncDispose]()
  await podman[Symbol.asyncDispose]()
  await registry[Symbol.asyncDispose]()
})

/** What skopeo finds under a name. */
async function remote(name: string): Promise<Index> {
  const args = ['inspect', '--raw', plain, `docker://${registry.host}/${name}`]
  return JSON.parse(requireSuccess(await runCommand('skopeo', args)))
}

async function failure(engine: TestEngine, ...args: readonly string[]): Promise<string> {
  const {exitCode, stderr} = await engine.run(args)
  return `${exitCode} ${stderr}`
}

describe('manifest lists of the store', () => {
  it('are printed as podman prints them, entry by entry', async () => {
    const image = 'containers-storage:localhost/busybox'
    const inspected = []
    for (const engine of [berth, podman]) {
      const id = await engine.output('manifest', 'create', 'same')
      const texts = [await engine.output('manifest', 'inspect', 'same')]
      expect(await engine.output('manifest', 'add', 'same', image)).toBe(id)
      texts.push(await engine.output('manifest', 'inspect', 'same'))
      const facts = ['--arch', 'arm64', '--variant', 'v8', '--os-version', '9', '--annotation', 'a=b']
      expect(await engine.output('manifest', 'add', ...facts, 'same', image)).toBe(id)
      const digest = JSON.parse(await engine.output('manifest', 'inspect', 'same')).manifests[0].digest
      await engine.output('manifest', 'annotate', '--os-version', '7', '--annotation', 'c=d', 'same', digest)
      texts.push(await engine.output('manifest', 'inspect', 'same'))
      expect(await engine.output('manifest', 'remove', 'same', digest)).toBe(id)
      texts.push(await engine.output('manifest', 'inspect', 'same'))
      expect(await engine.output('images', '--format', '{{.Repository}}', '--filter', 'reference=same')).toBe(
        'localhost/same',
      )
      expect(await engine.output('manifest', 'rm', 'same')).toBe(`Untagged: localhost/same:latest\nDeleted: ${id}`)
      inspected.push(texts)
    }
    expect(inspected[0]).toEqual(inspected[1])
  })

  it('fail as podman fails', async () => {
    const missing = `sha256:${'1'.repeat(64)}`
    for (const engine of [berth, podman]) await engine.output('manifest', 'create', 'there')
    const cases = [
      ['manifest', 'exists', 'there'],
      ['manifest', 'exists', 'nowhere'],
      ['manifest', 'exists', 'localhost/busybox'],
      ['manifest', 'add', 'nowhere', 'localhost/busybox'],
      ['manifest', 'remove', 'there', missing],
      ['manifest', 'remove', 'there', 'text'],
      ['manifest', 'rm', 'localhost/busybox'],
      ['manifest', 'push', 'nowhere', 'somewhere'],
      ['manifest', 'rm', 'there', 'nowhere'],
    ]
    for (const args of cases) expect(await failure(berth, ...args)).toBe(await failure(podman, ...args))
  })

  it('are not made when the name is taken or an image is not there', async () => {
    const id = await berth.output('manifest', 'create', 'taken')
    expect(await failure(berth, 'manifest', 'create', 'taken')).toBe(
      `125 Error: creating image to hold manifest list: image name "localhost/taken:latest" is already associated with image "${id}": that name is already in use\n`,
    )
    expect(await berth.output('manifest', 'create', '--amend', 'taken')).toBe(id)
    expect(await failure(berth, 'manifest', 'create', plain, 'none', `${registry.host}/none`)).toMatch(
      /^125 Error: .*manifest unknown\n$/,
    )
    expect((await berth.run(['manifest', 'exists', 'none'])).exitCode).toBe(1)
    await berth.output('rmi', 'taken')
  })

  it('stand for their image for this machine', async () => {
    await berth.output('manifest', 'create', 'meant', 'localhost/busybox')
    expect(await berth.output('run', '--rm', '--network', 'none', 'meant', 'echo', 'hello')).toBe('hello')
    expect(await berth.output('inspect', '--format', '{{.Id}}', 'meant')).toBe(
      await berth.output('inspect', '--format', '{{.Id}}', 'localhost/busybox'),
    )
    await berth.output('tag', 'meant', 'second')
    expect(await berth.output('rmi', 'meant')).toBe('Untagged: localhost/meant:latest')
    await berth.output('manifest', 'rm', 'second')
    expect((await berth.run(['image', 'exists', 'localhost/busybox'])).exitCode).toBe(0)
    await berth.output('system', 'check')
  })
})

describe('manifest push', () => {
  /** An image for another processor, of which the store knows the name alone. */
  async function remoteImage(): Promise<string> {
    const name = `${registry.host}/foreign:1`
    await podman.output('push', '-q', plain, '--format', 'oci', 'localhost/busybox', name)
    return name
  }

  it.each([
    ['oci', 'application/vnd.oci.image.index.v1+json', 'application/vnd.oci.image.manifest.v1+json'],
    [
      'v2s2',
      'application/vnd.docker.distribution.manifest.list.v2+json',
      'application/vnd.docker.distribution.manifest.v2+json',
    ],
  ])('sends the images of the store and of other repositories as %s', async (format, listType, imageType) => {
    const foreign = await remoteImage()
    await berth.output('manifest', 'create', 'both', 'localhost/busybox')
    await berth.output('manifest', 'add', plain, '--arch', 'riscv64', 'both', `docker://${foreign}`)
    const digestFile = `${berth.directory}/digest`
    const name = `pushed/${format}:1`
    const sent = [plain, '--format', format, '--digestfile', digestFile, '--rm', 'both', `${registry.host}/${name}`]
    await berth.output('manifest', 'push', ...sent)
    expect((await berth.run(['manifest', 'exists', 'both'])).exitCode).toBe(1)
    const list = await remote(name)
    expect(list.mediaType).toBe(listType)
    expect(list.manifests.map(({mediaType, platform}) => [mediaType, platform?.architecture])).toEqual([
      [imageType, 'amd64'],
      [imageType, 'riscv64'],
    ])
    // skopeo checks every digest on its way
    const target = `dir:${berth.directory}/copied-${format}`
    const copied = await runCommand('skopeo', [
      'copy',
      '-q',
      '--all',
      '--src-tls-verify=false',
      `docker://${registry.host}/${name}`,
      target,
    ])
    expect(requireSuccess(copied)).toBe('')
    for (const [platform, architecture] of [
      ['linux/amd64', 'amd64'],
      ['linux/riscv64', 'riscv64'],
    ]) {
      for (const engine of [berth, podman]) {
        const id = await engine.output(
          'pull',
          '-q',
          plain,
          '--platform',
          platform as string,
          `${registry.host}/${name}`,
        )
        expect(id, `${engine.name} ${architecture}`).toMatch(/^[0-9a-f]{64}$/)
      }
    }
  })

  it('sends a list alone, which the registry takes only when it has the images', async () => {
    const foreign = await remoteImage()
    await berth.output('manifest', 'create', plain, 'alone', foreign)
    const repository = foreign.replace(/:1$/, '')
    await berth.output('manifest', 'push', plain, '-q', '--all=false', 'alone', `${repository}:list`)
    expect((await remote('foreign:list')).manifests).toHaveLength(1)
    expect(
      await failure(berth, 'manifest', 'push', '-q', plain, '--all=false', 'alone', `${repository}/other:1`),
    ).toMatch(/^125 Error: uploading manifest 1 to .*: manifest blob unknown/)
    await berth.output('manifest', 'rm', 'alone')
  })

  it('keeps lists of other makers as they are', async () => {
    const foreign = await remoteImage()
    await podman.output('manifest', 'create', 'foreign')
    await podman.output('manifest', 'add', plain, 'foreign', `docker://${foreign}`)
    await podman.output('manifest', 'push', '-q', plain, 'foreign', `${registry.host}/made:by-podman`)
    const before = await remote('made:by-podman')
    await berth.output('manifest', 'create', '--all', plain, 'taken', `${registry.host}/made:by-podman`)
    await berth.output('manifest', 'push', '-q', plain, 'taken', `${registry.host}/made/again:1`)
    expect((await remote('made/again:1')).manifests).toEqual(before.manifests)
    const shown = await berth.output('manifest', 'inspect', plain, `${registry.host}/made/again:1`)
    expect(JSON.parse(shown)).toEqual(await remote('made/again:1'))
    expect(shown).toMatch(/^\{\n {4}"schemaVersion": 2,\n/)
    for (const engine of [berth, podman]) await engine.output('manifest', 'rm', engine === berth ? 'taken' : 'foreign')
  })
})
