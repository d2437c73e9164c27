import {cpSync, mkdirSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {outputOf, requireSuccess} from '../helpers/command.ts'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {openPodman} from '../helpers/podman.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {openRegistry} from '../helpers/registry.ts'

const missing = missingPrerequisite('root', 'program:podman', 'program:skopeo')

let berth: TestEngine
let podman: TestEngine
/** Where both work in turn, so that their messages name the same places. */
let work: string
/** An image as `oci:layout:one`, `oci-archive:a.tar:one`, `dir:image` and `docker-archive:d.tar`. */
let images: string

beforeAll(async () => {
  if (missing) return
  berth = openBerth()
  podman = openPodman()
  for (const engine of [berth, podman]) await engine.output('load', '-q', '-i', await busyboxArchive())
  work = join(berth.directory, 'work')
  images = join(berth.directory, 'images')
  mkdirSync(images)
  cpSync(await busyboxArchive(), join(images, 'd.tar'))
  for (const target of ['oci:layout:one', 'oci-archive:a.tar:one', 'dir:image'])
    await outputOf('skopeo', ['copy', '-q', 'docker-archive:d.tar', target], {cwd: images})
})
afterAll(async () => {
  await podman?.[Symbol.asyncDispose]()
  await berth?.[Symbol.asyncDispose]()
})

interface Answers {
  readonly lines: readonly string[]
  /** What each destination holds afterwards. */
  readonly files: Readonly<Record<string, readonly string[]>>
}

async function answers(
  engine: TestEngine,
  commands: readonly (readonly string[])[],
  places: readonly string[] = [],
): Promise<Answers> {
  rmSync(work, {recursive: true, force: true})
  cpSync(images, work, {recursive: true})
  const lines = []
  for (const args of commands) {
    const {exitCode, stdout, stderr} = await engine.run(args, {cwd: work})
    const text = `${stdout}${stderr}`
      .replaceAll(/^time=.*level=warning.*\n/gm, '')
      .replaceAll(/\[overlay@[^\]]*\]/g, '')
    lines.push(`${args.join(' ')}: ${exitCode} ${text.replaceAll(/\b[0-9a-f]{64}\b/g, 'ID')}`)
  }
  const files = places.map((place) => [place, filesOf(join(work, place))] as const)
  return {lines, files: Object.fromEntries(files)}
}

/** Names, but for digests, and how many there are of those: a compressor's bytes are its own. */
function filesOf(directory: string): readonly string[] {
  const names = readdirSync(directory, {recursive: true, encoding: 'utf8'})
  return [...new Set(names.map((name) => name.replaceAll(/[0-9a-f]{64}/g, 'ID')))].sort()
}

const sources = ['docker-archive:d.tar', 'oci:layout', 'oci-archive:a.tar:one', 'dir:image']

describe.skipIf(missing)('images of archives and directories in a list', () => {
  it('are added as podman adds them, and refused in its words', async () => {
    const commands = [
      ['manifest', 'create', 'all'],
      ...sources.map((source) => ['manifest', 'add', 'all', source]),
      ['manifest', 'inspect', 'all'],
      ['manifest', 'add', '--arch', 'arm64', '--annotation', 'a=b', 'all', 'oci:layout'],
      ['manifest', 'inspect', 'all'],
      ...['dir:none', 'oci:none:x', 'oci:layout:none', 'oci-archive:none.tar', 'oci-archive:a.tar:none'].map(
        (source) => [...['manifest', 'add', 'all', source]],
      ),
      ...['none.tar', 'none.tar:x', 'd.tar:none', 'd.tar:@3', 'a.tar', ''].map((path) => [
        ...['manifest', 'add', 'all', `docker-archive:${path}`],
      ]),
      ...['dir:layout', 'oci:image', 'oci:layout:b d', 'containers-storage:none'].map((source) => [
        ...['manifest', 'add', 'all', source],
      ]),
      ['manifest', 'rm', 'all'],
    ]
    expect(await answers(berth, commands)).toEqual(await answers(podman, commands))
  })

  it('are pushed to layouts and directories as podman pushes them', async () => {
    const commands = [
      ['manifest', 'create', 'all'],
      ...sources.map((source) => ['manifest', 'add', 'all', source]),
      ['manifest', 'push', 'all', 'oci:pushed'],
      ['manifest', 'push', 'all', 'oci:pushed:tag'],
      ['manifest', 'push', 'all', 'oci-archive:pushed.tar:tag'],
      ['manifest', 'push', 'all', 'dir:directory'],
      ['manifest', 'push', '-q', 'all', 'dir:directory'],
      ['manifest', 'push', '--format', 'v2s2', 'all', 'oci:docker'],
      ['manifest', 'push', '--all=false', 'all', 'oci:alone'],
      ['manifest', 'push', '--all=false', 'all', 'dir:bare'],
      ...['docker-archive:n.tar', 'docker-archive:n.tar:x:1', 'containers-storage:n', 'docker-daemon:n:1'].map((to) => [
        ...['manifest', 'push', 'all', to],
      ]),
      ...['oci-archive:/nonexistent/a', 'dir:/nonexistent/a/b', 'oci:/nonexistent/a/b', 'dir:a.tar', 'dir:/'].map(
        (to) => ['manifest', 'push', 'all', to],
      ),
      ...['oci:n:b d', 'oci:n:@1'].map((to) => ['manifest', 'push', 'all', to]),
      ['manifest', 'rm', 'all'],
    ]
    const places = ['pushed', 'directory', 'docker', 'alone', 'bare']
    expect(await answers(berth, commands, places)).toEqual(await answers(podman, commands, places))
  })

  it('are there for skopeo and podman, whole, beside those of the store', async () => {
    await berth.output('manifest', 'create', 'mixed', 'localhost/busybox')
    const add = async (source: string, architecture: string) => {
      const {exitCode, stderr} = await berth.run(['manifest', 'add', '--arch', architecture, 'mixed', source], {
        cwd: images,
      })
      expect(stderr).toBe('')
      expect(exitCode).toBe(0)
    }
    await add('oci:layout', 'riscv64')
    await using registry = await openRegistry()
    // Relative: podman 4.3 makes a name of a layout's path, and refuses capitals there
    rmSync(work, {recursive: true, force: true})
    mkdirSync(work)
    const run = async (engine: TestEngine, ...args: readonly string[]) =>
      requireSuccess(await engine.run(args, {cwd: work}))
    const remote = `docker://${registry.host}/mixed:1`
    const plain = '--tls-verify=false'
    for (const target of ['oci:l:x', 'oci-archive:l.tar:x', 'dir:d', remote]) {
      await run(berth, 'manifest', 'push', '-q', plain, 'mixed', target)
      // skopeo checks every digest on its way
      await outputOf('skopeo', ['copy', '-q', '--all', '--src-tls-verify=false', target, 'dir:copy'], {cwd: work})
      for (const engine of [berth, podman]) {
        const id = await run(engine, 'pull', '-q', plain, target)
        expect(await engine.output('run', '--rm', '--network', 'none', id, 'echo', 'runs'), target).toBe('runs')
      }
    }
    const copied = JSON.parse(readFileSync(join(work, 'copy/manifest.json'), 'utf8'))
    expect(
      copied.manifests.map(({platform}: {platform: {architecture: string}}) => platform.architecture).sort(),
    ).toEqual(['amd64', 'riscv64'])
    await berth.output('manifest', 'rm', 'mixed')
  })

  it('are not sent when they are spoilt or gone, and nothing is left half-written', async () => {
    rmSync(work, {recursive: true, force: true})
    cpSync(images, work, {recursive: true})
    await berth.output('manifest', 'create', 'spoilt')
    requireSuccess(await berth.run(['manifest', 'add', 'spoilt', 'dir:image'], {cwd: work}))
    const manifest = JSON.parse(readFileSync(join(work, 'image/manifest.json'), 'utf8'))
    const layer = join(work, 'image', manifest.layers[0].digest.slice('sha256:'.length))
    await outputOf('sh', ['-c', `printf x | dd of=${layer} bs=1 seek=700000 conv=notrunc 2>/dev/null`])
    for (const target of [`oci:${work}/o`, `oci-archive:${work}/o.tar`, `dir:${work}/o2`]) {
      const {exitCode, stderr} = await berth.run(['manifest', 'push', '-q', 'spoilt', target])
      expect([exitCode, stderr.split('\n').length]).toEqual([125, 2])
      expect(stderr).toContain(`blob ${manifest.layers[0].digest}: got sha256:`)
    }
    const left = readdirSync(work, {recursive: true, encoding: 'utf8'})
    expect(left.filter((name) => /\.new-|o\.tar|index\.json$/.test(name))).toEqual(['layout/index.json'])
    rmSync(join(work, 'image'), {recursive: true})
    const {stderr} = await berth.run(['manifest', 'push', '-q', 'spoilt', `oci:${work}/o`])
    expect(stderr).toBe(
      `Error: reading default manifest from image "dir:${work}/image": open ${work}/image/manifest.json: no such file or directory\n`,
    )
    await berth.output('manifest', 'rm', 'spoilt')
  })
})
