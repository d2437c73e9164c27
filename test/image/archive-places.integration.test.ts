import {existsSync, mkdirSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {outputOf, requireSuccess} from '../helpers/command.ts'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {openPodman} from '../helpers/podman.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'

const missing = missingPrerequisite('root', 'program:podman', 'program:skopeo')

let berth: TestEngine
let podman: TestEngine
/** Where both work in turn, so that their messages name the same places. */
let work: string

beforeAll(async () => {
  if (missing) return
  berth = openBerth()
  podman = openPodman()
  for (const engine of [berth, podman]) await engine.output('load', '-q', '-i', await busyboxArchive())
  work = join(berth.directory, 'work')
})
afterAll(async () => {
  await podman?.[Symbol.asyncDispose]()
  await berth?.[Symbol.asyncDispose]()
})

/** What both engines say to each of these, in an empty directory with a file and a directory that is no image. */
async function answers(commands: readonly (readonly string[])[]): Promise<readonly (readonly string[])[]> {
  const said = []
  for (const engine of [berth, podman]) {
    rmSync(work, {recursive: true, force: true})
    mkdirSync(join(work, 'other'), {recursive: true})
    writeFileSync(join(work, 'other/file'), '')
    const lines = []
    for (const args of commands) {
      const {exitCode, stdout, stderr} = await engine.run(args, {cwd: work})
      // podman rewrites the configuration of what it stores in OCI form, and so gives it another id
      const text = `${stdout}${stderr}`
        .replaceAll(/^time=.*level=warning.*\n/gm, '')
        .replaceAll(/\[overlay@[^\]]*\]/g, '')
        .replaceAll(/\b[0-9a-f]{64}\b/g, 'ID')
      lines.push(`${args.join(' ')}: ${exitCode} ${text}`)
    }
    said.push(lines)
  }
  return said
}

const names = (engine: TestEngine) => engine.output('images', '--format', '{{.Repository}}:{{.Tag}}')

describe.skipIf(missing)('push to and pull from archives and directories', () => {
  it('say what podman says', async () => {
    const [ours, theirs] = await answers([
      ...['oci:layout', 'oci:layout:a', 'oci:layout:b/c:1', 'dir:image', 'dir:image'].map((to) => [
        'push',
        'busybox',
        to,
      ]),
      ...['oci-archive:a.tar', 'oci-archive:b.tar:tag', 'docker-archive:d.tar'].map((to) => ['push', 'busybox', to]),
      ...[
        'dir:other',
        'oci:layout:bad tag',
        'dir:none/a',
        'oci:none/a',
        'oci-archive:none/a',
        'docker-archive:none/a',
      ].map((to) => ['push', '-q', 'busybox', to.replace('none', '/nonexistent')]),
      ['push', '-q', 'busybox', `docker-archive:x.tar:x@sha256:${'1'.repeat(64)}`],
      ['push', '-q', 'busybox', 'docker-archive:'],
      ['push', '-q', 'busybox', 'dir:other/file'],
      ['push', '-q', 'busybox', 'oci-archive:other'],
      ['push', '-q', 'busybox', '--format', 'oci', 'docker-archive:y.tar'],
      ['push', '-q', 'nosuch', 'dir:nosuch'],
      ['push', '-q', 'dir:image'],
      ['save', '-q', '--format', 'docker-dir', '-o', 'other', 'busybox'],
      ['save', '-q', '--format', 'docker-dir', '-o', 'image', 'busybox'],
      ['save', '-q', '-o', 'd.tar', 'busybox'],
      ['pull', 'dir:image'],
      ['pull', '-q', 'oci:layout:b/c:1'],
      ['pull', 'docker-archive:d.tar'],
      ['pull', '-q', 'docker-archive:d.tar:localhost/busybox'],
      ...['oci:layout', 'oci:layout:c', 'oci:/nonexistent', 'dir:/nonexistent'].map((from) => ['pull', '-q', from]),
      ...['docker-archive:/nonexistent', 'docker-archive:d.tar:c', 'docker-archive:d.tar:@1'].map((from) => [
        'pull',
        '-q',
        from,
      ]),
      ...['docker-archive:a.tar', 'oci-archive:b.tar:c', 'docker-archive:'].map((from) => ['pull', '-q', from]),
      ['pull', '-q', '-a', 'dir:image'],
    ])
    expect(ours).toEqual(theirs)
    expect(existsSync('/nonexistent')).toBe(false)
  })

  it.each(['oci:layout:a:1', 'oci-archive:a.tar:a:1', 'docker-archive:d.tar:a:1', 'dir:image'])(
    'pushed to %s by one, it is pulled and copied by the others',
    async (place) => {
      for (const [writer, reader] of [
        [berth, podman],
        [podman, berth],
      ] as const) {
        rmSync(work, {recursive: true, force: true})
        mkdirSync(work)
        const run = async (engine: TestEngine, ...args: readonly string[]) =>
          requireSuccess(await engine.run(args, {cwd: work}))
        await run(writer, 'push', '-q', 'busybox', place)
        const inspected = JSON.parse(await outputOf('skopeo', ['inspect', '--raw', place], {cwd: work}))
        expect(inspected.layers).toHaveLength(1)
        // Short places: podman 4.3 makes a name of a layout's path, and refuses capitals there
        const id = await run(reader, 'pull', '-q', place)
        expect(await reader.output('run', '--rm', '--network', 'none', id, 'echo', 'runs')).toBe('runs')
        if (place.includes('archive')) expect(await names(reader)).toContain('a:1')
        await reader.output('rmi', '-f', id)
        await reader.output('load', '-q', '-i', await busyboxArchive())
      }
    },
  )

  it('refuse what is no place for an image in the same words', async () => {
    const [ours, theirs] = await answers([
      ['push', '-q', 'busybox', 'docker-archive:d.tar'],
      ['push', '-q', 'busybox', 'oci-archive:a.tar'],
      ...['oci-archive:none.tar', 'docker-archive:other', 'dir:d.tar', 'oci:d.tar', 'docker://'].map((from) => [
        'pull',
        from,
      ]),
      ['pull', 'containers-storage:none'],
      ['pull', 'containers-storage:localhost/busybox'],
      ['push', 'busybox', 'containers-storage:copy'],
      ['image', 'exists', 'localhost/copy'],
      ['rmi', 'copy'],
      ...['oci:d.tar', 'docker-archive:other', 'docker-archive:a.tar', 'dir:other'].map((to) => [
        'push',
        'busybox',
        to,
      ]),
      ...['oci-dir', 'docker-dir'].map((format) => ['save', '--format', format, '-o', 'd.tar', 'busybox']),
      ['save', '-o', 'other', 'busybox'],
      ['run', '--rm', 'oci-archive:none.tar', 'true'],
    ])
    expect(ours).toEqual(theirs)
  })

  it('are not looked up in the store, nor are the registries', async () => {
    const [ours, theirs] = await answers([
      ...['dir:image', 'oci:layout', 'docker-archive:d.tar', 'docker://localhost/busybox', 'sif:x'].flatMap((name) => [
        ['image', 'exists', name],
        ['image', 'inspect', name],
      ]),
      ...['rmi', 'tag', 'history', 'untag'].map((command) => [
        command,
        'dir:image',
        ...(command === 'tag' ? ['x'] : []),
      ]),
      ['rmi', '-i', 'dir:image'],
      ['save', '-o', 'new', 'oci:layout'],
      ['inspect', 'dir:image'],
      ['manifest', 'inspect', 'oci:layout'],
      ['image', 'exists', 'containers-storage:localhost/busybox'],
      ['history', '--format', '{{.CreatedBy}}', 'containers-storage:localhost/busybox'],
    ])
    expect(ours).toEqual(theirs)
  })

  it('is what run takes for an image too', async () => {
    rmSync(work, {recursive: true, force: true})
    mkdirSync(work)
    await berth.output('push', '-q', 'busybox', `oci-archive:${join(work, 'a.tar')}:based:1`)
    await berth.output('rmi', '-f', 'busybox')
    expect(
      await berth.output('run', '--rm', '--network', 'none', `oci-archive:${join(work, 'a.tar')}`, 'echo', 'runs'),
    ).toBe('runs')
    expect(await names(berth)).toBe('localhost/based:1')
    await berth.output('load', '-q', '-i', await busyboxArchive())
  })
})
