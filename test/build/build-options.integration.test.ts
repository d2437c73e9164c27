import {execFileSync} from 'node:child_process'
import {existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {dirname, join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {requireSuccess} from '../helpers/command.ts'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {openRegistry} from '../helpers/registry.ts'

let berth: TestEngine
beforeAll(async () => {
  berth = openBerth()
  await berth.output('load', '-q', '-i', await busyboxArchive())
})
afterAll(() => berth[Symbol.asyncDispose]())

let counter = 0
function context(lines: readonly string[], files: Readonly<Record<string, string>> = {}): string {
  const directory = join(berth.directory, `context-${counter++}`)
  for (const [path, content] of Object.entries({...files, Containerfile: `${lines.join('\n')}\n`})) {
    mkdirSync(dirname(join(directory, path)), {recursive: true})
    writeFileSync(join(directory, path), content)
  }
  return directory
}
const build = async (...args: readonly string[]) =>
  requireSuccess(await berth.run(['build', '-q', '--network', 'none', ...args]))

it('makes what BUILDAH_FORMAT says, unless an option says otherwise', async () => {
  const directory = context(['FROM busybox', 'ENV format=asked'])
  const kind = async (...options: readonly string[]) => {
    const built = await berth.run(['build', '-q', ...options, directory], {env: {BUILDAH_FORMAT: 'docker'}})
    return berth.output('image', 'inspect', '--format', '{{.ManifestType}}', requireSuccess(built))
  }
  expect(await kind()).toBe('application/vnd.docker.distribution.manifest.v2+json')
  expect(await kind('--format', 'oci')).toBe('application/vnd.oci.image.manifest.v1+json')
})

describe('the container of a step that fails', () => {
  it.each([
    [['--force-rm=false'], 1],
    [['--rm=false'], 1],
    [['--rm=false', '--layers=false'], 0],
    [[], 0],
  ])('with %j, %i stay', async (options, count) => {
    const directory = context(['FROM busybox', 'RUN echo done > /one', 'RUN echo half > /two; exit 3'])
    const left = async () => (await berth.output('ps', '-a', '-q')).split('\n').filter(Boolean)
    const failed = await berth.run(['build', '-q', '--network', 'none', ...options, directory])
    expect(failed.exitCode).toBe(3)
    const containers = await left()
    expect(containers).toHaveLength(count)
    for (const id of containers) {
      // Another build does not take it for what a killed one left.
      await build(context(['FROM busybox', `RUN echo ${id}`]))
      expect(await left()).toEqual([id])
      expect((await berth.output('diff', id)).split('\n')).toContain('A /two')
      await berth.output('rm', id)
    }
  })
})

describe('what a build tells', () => {
  it('goes to the log file, all of it: the step before the image that it waits for, and the id', async () => {
    const image = join(berth.directory, 'base-image')
    await berth.output('push', '-q', 'busybox', `dir:${image}`)
    const directory = context([`FROM dir:${image}`, 'LABEL a=b'])
    const log = join(berth.directory, 'log')
    for (const quiet of [[], ['-q']]) {
      const {exitCode, stdout, stderr} = await berth.run([
        'build',
        ...quiet,
        '--logfile',
        log,
        '-t',
        'logged',
        directory,
      ])
      expect([exitCode, stdout, stderr]).toEqual([0, '', ''])
    }
    const id = await berth.output('image', 'inspect', '--format', '{{.Id}}', 'logged')
    expect(readFileSync(log, 'utf8').split('\n')).toEqual([
      `STEP 1/2: FROM dir:${image}`,
      'Getting image source signatures',
      expect.stringMatching(/^Copying blob sha256:/),
      expect.stringMatching(/^Copying config sha256:/),
      'Writing manifest to image destination',
      'Storing signatures',
      'STEP 2/2: LABEL a=b',
      'COMMIT logged',
      expect.stringMatching(/^--> /),
      'Successfully tagged localhost/logged:latest',
      id,
      id,
      '',
    ])
  })
})

describe('where a context comes from', () => {
  const lines = ['FROM scratch', 'COPY file /from']
  const fromOf = async (...args: readonly string[]) => {
    const target = join(berth.directory, `out-${counter++}`)
    await build('-o', target, ...args)
    return readFileSync(join(target, 'from'), 'utf8')
  }

  it('a Containerfile or a tarball on stdin', async () => {
    const tar = execFileSync('tar', ['-C', context(lines, {file: 'tarball'}), '-cz', '.'])
    const target = join(berth.directory, 'from-stdin')
    requireSuccess(await berth.run(['build', '-q', '-o', target, '-'], {input: tar}))
    expect(readFileSync(join(target, 'from'), 'utf8')).toBe('tarball')
    const text = 'FROM scratch\nLABEL only=text\n'
    const id = requireSuccess(await berth.run(['build', '-q', '-'], {input: text}))
    expect(await berth.output('image', 'inspect', '--format', '{{.Config.Labels.only}}', id)).toBe('text')
  })

  it('a git repository, by branch, commit and subdirectory', async () => {
    const repository = join(berth.directory, 'work.git')
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-C', repository, '-c', 'user.name=t', '-c', 'user.email=t@t.example', ...args], {
        encoding: 'utf8',
      }).trim()
    mkdirSync(join(repository, 'sub'), {recursive: true})
    git('init', '-q', '-b', 'main')
    writeFileSync(join(repository, 'Containerfile'), `${lines.join('\n')}\n`)
    writeFileSync(join(repository, 'sub/Containerfile'), `${lines.join('\n')}\n`)
    writeFileSync(join(repository, 'sub/file'), 'subdirectory')
    const commits = ['first', 'second'].map((content) => {
      writeFileSync(join(repository, 'file'), content)
      git('add', '.')
      git('commit', '-qm', content)
      return git('rev-parse', 'HEAD')
    })
    git('branch', 'old', commits[0] ?? '')
    const url = `file://${repository}`
    expect(await fromOf(`${url}`)).toBe('second')
    expect(await fromOf(`${url}#old`)).toBe('first')
    expect(await fromOf(`${url}#${commits[0]}`)).toBe('first')
    expect(await fromOf(`${url}#main:sub`)).toBe('subdirectory')
    const {stderr, exitCode} = await berth.run(['build', `${url}#nosuch`])
    expect([exitCode, stderr]).toEqual([125, expect.stringMatching(/^Error: git fetch: .*nosuch/s)])
  })

  it('a URL of a tarball, and a Containerfile at a URL', async () => {
    const directory = context(lines, {file: 'url'})
    const tar = execFileSync('tar', ['-C', directory, '-c', '.'])
    const server = createServer(({url}, response) => response.end(url === '/x.tar' ? tar : lines.join('\n')))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    try {
      expect(await fromOf(`${base}/x.tar`)).toBe('url')
      expect(await fromOf('-f', `${base}/Other`, directory)).toBe('url')
    } finally {
      server.close()
    }
  })

  it('leaves no temporary directories', () => {
    expect(readdirSync(process.env.TMPDIR ?? '/tmp').filter((name) => name.startsWith('berth-context-'))).toEqual([])
  })
})

describe('what a build makes', () => {
  it('one digest for one time, whatever the clock says', async () => {
    const directory = context(['FROM busybox', 'RUN mkdir /d && echo x > /d/x && rm /etc/group', 'COPY file /'], {
      file: 'x',
    })
    const ids = new Set<string>()
    for (let round = 0; round < 2; round++) {
      ids.add(await build('--no-cache', '--timestamp', '1000', directory))
      await new Promise((resolve) => setTimeout(resolve, 1100))
    }
    expect(ids.size).toBe(1)
    const env = {SOURCE_DATE_EPOCH: '1000'}
    const args = ['build', '-q', '--no-cache', '--network', 'none', '--rewrite-timestamp', '-t', 'timed', directory]
    const first = requireSuccess(await berth.run(args, {env}))
    await new Promise((resolve) => setTimeout(resolve, 1100))
    expect(requireSuccess(await berth.run(args, {env}))).toBe(first)
    expect(await berth.output('run', '--rm', '--network', 'none', 'timed', 'stat', '-c', '%Y', '/d/x')).toBe('1000')
  })

  it('a manifest list of several platforms', async () => {
    const directory = context(['FROM scratch', 'ARG TARGETARCH', 'COPY $TARGETARCH /arch'], {amd64: 'a', arm64: 'b'})
    await build('--platform', 'linux/amd64,linux/arm64', '-t', 'several', directory)
    const list = JSON.parse(await berth.output('manifest', 'inspect', 'several'))
    const platforms = list.manifests.map(({platform}: {platform: {architecture: string}}) => platform.architecture)
    expect(platforms).toEqual(['amd64', 'arm64'])
    // Nothing but the platform tells these apart
    await build('--platform', 'linux/amd64,linux/arm64', '-t', 'alike', context(['FROM scratch', 'LABEL a=b']))
    expect(JSON.parse(await berth.output('manifest', 'inspect', 'alike')).manifests).toHaveLength(2)
    await build('--platform', 'linux/arm64', '--manifest', 'grown', directory)
    await build('--platform', 'linux/amd64', '--manifest', 'grown', directory)
    expect(JSON.parse(await berth.output('manifest', 'inspect', 'grown')).manifests).toHaveLength(2)
  })

  it('a directory or a tar of its files', async () => {
    const directory = context(['FROM busybox', 'RUN ln /bin/busybox /hard && mkfifo /fifo && chown 5:6 /fifo'])
    const [local, tar] = [join(berth.directory, 'local'), join(berth.directory, 'files.tar')]
    await build('--output', `type=local,dest=${local}`, '-o', `type=tar,dest=${tar}`, directory)
    expect(statSync(join(local, 'fifo'))).toMatchObject({uid: 5, gid: 6})
    expect(statSync(join(local, 'hard')).ino).toBe(statSync(join(local, 'bin/busybox')).ino)
    const listed = execFileSync('tar', ['-tvf', tar], {encoding: 'utf8'})
    expect(listed).toMatch(/^p.* 5\/6 .* fifo$/m)
    const {stdoutBytes} = await berth.run(['build', '--network', 'none', '-o', '-', directory])
    expect(execFileSync('tar', ['-t'], {input: stdoutBytes, encoding: 'utf8'})).toContain('fifo\n')
  })

  it('annotations, labels and a history as they are asked for', async () => {
    await build('--annotation', 'a=1', '--annotation', 'b=2', '--label', 'l=1', '-t', 'base', context(['FROM scratch']))
    const child = context(['FROM base', 'LABEL own=1'])
    const inspect = async (...options: readonly string[]) =>
      JSON.parse(await berth.output('image', 'inspect', await build(...options, child)))[0]
    const plain = await inspect()
    expect(plain.Annotations).toEqual({a: '1', b: '2', 'org.opencontainers.image.created': expect.any(String)})
    expect(plain.Labels).toEqual({l: '1', own: '1'})
    const bare = await inspect('--unsetannotation', 'a', '--unsetlabel', 'l', '--created-annotation=false')
    expect([bare.Annotations, bare.Labels]).toEqual([{b: '2'}, {own: '1'}])
    const none = await inspect('--inherit-annotations=false', '--inherit-labels=false', '--omit-history')
    expect([Object.keys(none.Annotations), none.Labels, none.History ?? []]).toEqual([
      ['org.opencontainers.image.created'],
      {own: '1'},
      [],
    ])
  })
})

describe('the cache', () => {
  it('of another store, through a registry', async () => {
    await using registry = await openRegistry()
    await using other = openBerth()
    await other.output('load', '-q', '-i', await busyboxArchive())
    const directory = context(['FROM busybox', 'RUN cat /proc/sys/kernel/random/uuid > /once', 'COPY file /'], {
      file: '1',
    })
    const args = ['--network', 'none', '--tls-verify=false', directory]
    const first = await berth.output('build', '-q', '--cache-to', `${registry.host}/cache`, ...args)
    const second = await other.output('build', '--cache-from', `${registry.host}/cache`, ...args)
    expect(second.match(/Using cache/g)).toHaveLength(2)
    expect(second.split('\n').at(-1)).toBe(first)
    expect(await other.output('images', '--format', '{{.Repository}}')).not.toContain('cache')
  })

  it('looks at what RUN mounts', async () => {
    const directory = context(['FROM busybox', 'RUN --mount=target=/c cp /c/file /seen'], {file: '1'})
    const first = await build(directory)
    expect(await build(directory)).toBe(first)
    writeFileSync(join(directory, 'file'), '2')
    const second = await build(directory)
    expect(second).not.toBe(first)
    expect(await build('--cache-ttl', '1h', directory)).toBe(second)
    expect(await build('--cache-ttl', '1ns', directory)).not.toBe(second)
  })
})

describe('stages', () => {
  it('that do not need each other are built at the same time, and stop together', async () => {
    const wait = (other: string, own: string) =>
      `RUN --mount=type=cache,id=meet,target=/m touch /m/${own}; for i in $(seq 100); do test -e /m/${other} && exit 0; sleep 0.1; done; exit 9`
    const stages = ['FROM busybox AS a', wait('b', 'a'), 'FROM busybox AS b', wait('a', 'b')]
    await build(context([...stages, 'FROM scratch', 'COPY --from=a /etc/passwd /a', 'COPY --from=b /etc/passwd /b']))
    const failing = ['FROM busybox AS a', 'RUN sleep 60', 'FROM busybox AS b', 'RUN exit 7']
    const begun = Date.now()
    const {exitCode, stderr} = await berth.run([
      ...['build', '--network', 'none'],
      context([...failing, 'FROM scratch', 'COPY --from=a / /', 'COPY --from=b / /']),
    ])
    expect([exitCode, Date.now() - begun < 40_000]).toEqual([7, true])
    expect(stderr).toContain('building at STEP "RUN exit 7": line 4: while running runtime: exit status 7')
    expect(await berth.output('ps', '-aq')).toBe('')
  })
})

describe('refusals', () => {
  it.each([
    [['--isolation', 'chroot'], 'Error: --isolation chroot: RUN is a container of the engine'],
    [['--sbom', 'syft'], 'Error: --sbom: run the scanner on the image'],
    [['--output', 'type=x,dest=y'], 'Error: invalid type "x" selected for build output options'],
    [['--timestamp', '1', '--source-date-epoch', '1'], 'would be ambiguous if allowed together'],
    [['--build-context', 'nope'], 'incorrect --build-context format'],
    [['--secret', 'src=x'], 'incorrect secret flag format'],
  ])('%j', async (options, message) => {
    const {exitCode, stderr} = await berth.run(['build', ...options, context(['FROM scratch'])])
    expect(exitCode).toBe(125)
    expect(stderr).toContain(message)
  })
})

describe.skipIf(missingPrerequisite('program:ssh-agent', 'program:ssh-keygen'))('keys for RUN --mount=type=ssh', () => {
  // The host's own ssh-add: busybox has none
  const host = ['/usr', '/lib', '/lib64']
    .filter((path) => existsSync(path))
    .flatMap((path) => ['-v', `${path}:${path}:ro`])
  const key = (name: string, passphrase = '') => {
    const path = join(berth.directory, name)
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', name, '-f', path])
    return path
  }
  const agents = () => readdirSync(join(berth.directory, 'tmp'))
  const env = () => ({TMPDIR: join(berth.directory, 'tmp')})

  it('come from files, through an agent that ends with the build', async () => {
    mkdirSync(join(berth.directory, 'tmp'), {recursive: true})
    const [first, second] = [key('first'), key('second')]
    const fingerprints = [first, second].map((path) => execFileSync('ssh-keygen', ['-lf', path]).toString())
    const directory = context(['FROM busybox', 'RUN --mount=type=ssh,id=k /usr/bin/ssh-add -l > /keys'])
    const args = ['build', '-q', '--network', 'none', '--ssh', `k=${first},${second}`, ...host, directory]
    const id = requireSuccess(await berth.run(args, {env: env()}))
    expect(await berth.output('run', '--rm', '--network', 'none', id, 'cat', '/keys')).toBe(
      fingerprints.join('').trimEnd(),
    )
    expect(agents()).toEqual([])
  })

  it('are refused when nobody is there for their passphrase, and when they are not there', async () => {
    mkdirSync(join(berth.directory, 'tmp'), {recursive: true})
    const directory = context(['FROM busybox'])
    const locked = await berth.run(['build', '--ssh', `k=${key('locked', 'secret')}`, directory], {env: env()})
    expect([locked.exitCode, locked.stderr]).toEqual([125, expect.stringMatching(/^Error: ssh-add: .+\n$/)])
    const absent = await berth.run(['build', '--ssh', 'k=/nosuch', directory], {env: env()})
    expect([absent.exitCode, absent.stderr]).toEqual([
      125,
      'Error: creating build executor: stat /nosuch: no such file or directory\n',
    ])
    expect(agents()).toEqual([])
  })
})
