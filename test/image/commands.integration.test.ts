import {existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {outputOf} from '../helpers/command.ts'
import {openBerth} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {openPodman} from '../helpers/podman.ts'
import {openRegistry} from '../helpers/registry.ts'

describe('the image commands of the built program', () => {
  it('load, list, tag, inspect, show and remove as podman does', async () => {
    await using berth = openBerth()
    await using podman = openPodman()
    const archive = await busyboxArchive()
    for (const engine of [berth, podman])
      expect(await engine.output('load', '-q', '-i', archive)).toBe('Loaded image: localhost/busybox:latest')
    for (const args of [
      ['tag', 'busybox', 'other', 'quay.io/t/x:2'],
      ['images', '--format', '{{.Repository}}:{{.Tag}} {{.ID}} {{.Size}} {{.Digest}}', '--sort', 'repository'],
      ['images', '-q', '--no-trunc'],
      ['images', '--noheading', '--sort', 'tag'],
      ['history', '--no-trunc', '--human=false', 'busybox'],
      ['image', 'tree', 'busybox'],
      ['image', 'exists', 'busybox'],
      ['image', 'exists', 'nosuch'],
      ['image', 'diff', 'busybox', 'other'],
      ['image', 'inspect', 'busybox', '--format', '{{.Id}} {{.RepoTags}} {{.Config.Cmd}} {{.Size}} {{.Architecture}}'],
      ['untag', 'busybox', 'nosuch'],
      ['rmi', 'other'],
      ['rmi', 'nosuch'],
      ['rmi', '-f', 'nosuch'],
      ['untag', 'quay.io/t/x:2'],
      ['images', '-f', 'dangling=true', '-q'],
      ['image', 'prune', '-f'],
      ['images'],
    ]) {
      const [ours, theirs] = [await berth.run(args), await podman.run(args)]
      expect({args, code: ours.exitCode, out: ours.stdout, err: ours.stderr}).toEqual({
        args,
        code: theirs.exitCode,
        out: theirs.stdout,
        err: theirs.stderr,
      })
    }
  })

  it('say in a pipe what they copy as podman says it', async () => {
    await using berth = openBerth()
    await using podman = openPodman()
    await using registry = await openRegistry()
    const archive = await busyboxArchive()
    const remote = `${registry.host}/said:1`
    const plain = '--tls-verify=false'
    const said = []
    for (const engine of [podman, berth]) {
      const saved = join(engine.directory, 'saved')
      const lines: string[] = []
      const runs = [
        ['load', '-i', archive],
        // What berth pushes is not what podman pushed: each pulls the one of podman
        ...(engine === podman ? [['push', plain, 'busybox', remote]] : []),
        ['push', plain, 'busybox', `${registry.host}/${engine.name}:1`],
        ['push', '-q', plain, 'busybox', `${registry.host}/${engine.name}:2`],
        ['save', '-o', `${saved}.tar`, 'busybox'],
        ['save', '--format', 'docker-dir', '-o', `${saved}-dir`, 'busybox'],
        ['rmi', '-f', 'busybox'],
        ['pull', plain, remote],
        ['pull', plain, remote],
        ['pull', '-q', plain, remote],
      ]
      for (const args of runs) {
        const {exitCode, stdout, stderr} = await engine.run(args)
        lines.push(`${args[0]} ${exitCode}\n${stdout}${stderr}`)
      }
      if (engine === podman) lines.splice(1, 1)
      said.push(lines)
    }
    expect(said[1]).toEqual(said[0])
  })

  it('carry an image through a registry, an archive and an import', async () => {
    await using berth = openBerth()
    await using registry = await openRegistry()
    await berth.output('load', '-q', '-i', await busyboxArchive())
    const id = await berth.output('images', '-q', '--no-trunc', 'busybox')
    const name = `${registry.host}/app:1`
    const digestFile = join(berth.directory, 'digest')
    const pushed = await berth.run(['push', '--tls-verify=false', '--digestfile', digestFile, 'busybox', name])
    expect(pushed).toMatchObject({exitCode: 0, stdout: ''})
    expect(pushed.stderr).toMatch(
      /Copying blob sha256:[0-9a-f]{64}\nCopying config sha256:[0-9a-f]{64}\nWriting manifest/,
    )
    expect(readFileSync(digestFile, 'utf8')).toMatch(/^sha256:[0-9a-f]{64}$/)
    await berth.output('rmi', '-f', 'busybox')
    expect(`sha256:${await berth.output('pull', '-q', '--tls-verify=false', name)}`).toBe(id)

    for (const format of ['docker-archive', 'oci-archive', 'oci-dir', 'docker-dir']) {
      const target = join(berth.directory, format)
      await berth.output('save', '-q', '--format', format, '-o', target, name)
      const transport = {
        'docker-archive': 'docker-archive',
        'oci-archive': 'oci-archive',
        'oci-dir': 'oci',
        'docker-dir': 'dir',
      }[format]
      await outputOf('skopeo', ['inspect', `${transport}:${target}`])
      expect(await berth.output('load', '-q', '-i', target)).toMatch(/^Loaded image: /)
    }
    const layout = join(berth.directory, 'oci-dir')
    await outputOf('umoci', ['unpack', '--image', `${layout}:${name}`, join(berth.directory, 'unpacked')])
    expect(existsSync(join(berth.directory, 'unpacked/rootfs/bin/busybox'))).toBe(true)

    const tar = await outputOf('sh', [
      '-c',
      `tar -C ${berth.directory}/unpacked/rootfs -cf ${berth.directory}/root.tar . && echo ok`,
    ])
    expect(tar).toBe('ok')
    const input = readFileSync(join(berth.directory, 'root.tar'))
    const imported = await berth.run(['import', '-c', 'CMD ["sh"]', '-', 'imported'], {input})
    expect(imported).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/^Getting image source signatures\nCopying blob /),
    })
    expect(imported.stdout).toMatch(/^sha256:[0-9a-f]{64}\n$/)
    const archived = await berth.run(['save', 'imported'])
    writeFileSync(join(berth.directory, 'piped.tar'), archived.stdoutBytes)
    await using podman = openPodman()
    expect(await podman.output('load', '-q', '-i', join(berth.directory, 'piped.tar'))).toBe(
      'Loaded image: localhost/imported:latest',
    )
  })

  it('prune the directories of cached build mounts when asked', async () => {
    await using berth = openBerth()
    const mounts = join(berth.root, 'build-cache/mounts')
    mkdirSync(join(mounts, 'one'), {recursive: true})
    await berth.output('image', 'prune', '-f')
    expect(existsSync(mounts)).toBe(true)
    await berth.output('image', 'prune', '-f', '--build-cache')
    expect(existsSync(mounts)).toBe(false)
  })

  it('mount an image for reading', async () => {
    await using berth = openBerth()
    await berth.output('load', '-q', '-i', await busyboxArchive())
    const path = await berth.output('image', 'mount', 'busybox')
    expect(existsSync(join(path, 'bin/busybox'))).toBe(true)
    expect(await berth.output('image', 'mount')).toBe(`localhost/busybox:latest  ${path}`)
    const id = await berth.output('image', 'unmount', 'busybox')
    expect(id).toMatch(/^[0-9a-f]{64}$/)
    expect(await berth.output('image', 'mount')).toBe('')
  })

  it('tell where the layers of an image lie', async () => {
    await using berth = openBerth({globalArgs: ['--storage-driver', 'overlay']})
    await berth.output('load', '-q', '-i', await busyboxArchive())
    await berth.output('create', '--name', 'changed', '--network', 'none', 'busybox', 'true')
    const added = join(berth.directory, 'added')
    writeFileSync(added, '')
    await berth.output('cp', added, 'changed:/added')
    await berth.output('commit', '-q', 'changed', 'second')
    const directory = (image: string, key: string): Promise<string> =>
      berth.output('image', 'inspect', '--format', `{{.GraphDriver.Data.${key}}}`, image)
    expect(readdirSync(await directory('second', 'UpperDir'))).toContain('added')
    const lower = await directory('second', 'LowerDir')
    expect(readdirSync(lower)).toContain('bin')
    expect(realpathSync(lower)).toBe(await directory('busybox', 'UpperDir'))
  })

  it('keep an image that a container uses', async () => {
    await using berth = openBerth()
    await berth.output('load', '-q', '-i', await busyboxArchive())
    const container = await berth.output('create', '--network', 'none', 'busybox', 'true')
    const kept = await berth.run(['rmi', 'busybox'])
    expect(kept).toMatchObject({
      exitCode: 2,
      stderr: `Error: image used by ${container}: image is in use by a container: consider listing external containers and force-removing image\n`,
    })
    expect(await berth.output('image', 'prune', '-af')).toBe('')
    expect(await berth.output('rmi', '-f', 'busybox')).toMatch(/^Untagged: localhost\/busybox:latest\nDeleted: /)
    expect(await berth.output('ps', '-aq')).toBe('')
  })
})
