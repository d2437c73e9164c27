import {execFileSync} from 'node:child_process'
import {mkdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {outputOf} from '../helpers/command.ts'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive, debianArchive} from '../helpers/images.ts'
import {openPodman} from '../helpers/podman.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {openRegistry, type TestRegistry} from '../helpers/registry.ts'
import {listTree} from '../helpers/tree.ts'

const missing = missingPrerequisite(
  ...(['root', 'program:buildah', 'program:skopeo', 'program:umoci', 'program:podman', 'program:mmdebstrap'] as const),
)
const makers = ['berth', 'buildah', 'umoci', 'import', 'mmdebstrap'] as const
const carriers = ['registry', 'docker-archive', 'docker-dir', 'oci-archive', 'oci-dir'] as const

let berth: TestEngine
/** A store of its own, so that nothing of an image is there before it is read. */
let reader: TestEngine
let podman: TestEngine
let registry: TestRegistry
const path = (...parts: readonly string[]) => join(berth.directory, ...parts)
const skopeo = (from: string, to: string) =>
  outputOf('skopeo', ['copy', '-q', '--src-tls-verify=false', '--dest-tls-verify=false', from, to])

beforeAll(async () => {
  if (missing) return
  berth = openBerth()
  reader = openBerth()
  podman = openPodman()
  registry = await openRegistry()
  const archive = await busyboxArchive()
  for (const engine of [berth, podman]) await engine.output('load', '-q', '-i', archive)
  makeContext()
  await make.berth()
  await make.buildah()
  await make.umoci()
  await make.import()
  await make.mmdebstrap()
}, 600_000)
afterAll(async () => {
  await registry?.[Symbol.asyncDispose]()
  await podman?.[Symbol.asyncDispose]()
  await reader?.[Symbol.asyncDispose]()
  await berth?.[Symbol.asyncDispose]()
})

/** A tar with everything that a file can be, and a Containerfile that puts it on busybox and takes some away again. */
function makeContext(): void {
  mkdirSync(path('context'))
  const script = `mkdir -p t/dir; cd t; echo file > file; ln file hard; ln -s file link; mknod null c 1 3; mknod loop b 7 0; mkfifo fifo
chown 12:34 file; chmod 4750 file; mkdir -m 1777 tmp; echo x > dir/gone; echo y > dir/kept
python3 -c 'import os; os.setxattr("file", "user.note", b"value"); os.setxattr("dir/kept", "security.capability", bytes.fromhex("0100000200040000000000000000000000000000"))'
find . -depth -exec touch -h -d 2001-09-09T01:46:40 {} +; cd ..; tar --xattrs --xattrs-include='*' -C t -cf context/special.tar .`
  execFileSync('bash', ['-euc', script], {cwd: berth.directory})
  const lines = [
    ...['FROM busybox', 'ADD special.tar /special/', 'ENV A="b c" D=e', 'LABEL l=m', 'WORKDIR /work', 'USER 5:6'],
    ...['CMD ["sh", "-c", "true"]', 'ENTRYPOINT ["/bin/env"]', 'EXPOSE 80', 'VOLUME /v', 'STOPSIGNAL SIGINT'],
  ]
  writeFileSync(path('context/Containerfile'), `${lines.join('\n')}\nUSER 0\nRUN rm /special/dir/gone /etc/group\n`)
}

/** Each leaves an OCI layout `made-NAME`. */
const make = {
  async berth() {
    await berth.output('build', '-q', '--network', 'none', '-t', 'made-berth', path('context'))
    await berth.output('save', '-q', '--format', 'oci-dir', '-o', path('made-berth'), 'made-berth')
  },
  async buildah() {
    const store = ['--root', podman.root, '--runroot', podman.runRoot]
    const how = ['bud', '-q', '--layers', '--isolation', 'chroot', '--network', 'host', '-t', 'made-buildah']
    await outputOf('buildah', [...store, ...how, path('context')])
    await outputOf('buildah', [...store, 'push', '-q', 'localhost/made-buildah', `oci:${path('made-buildah')}:latest`])
  },
  async umoci() {
    const image = `${path('made-umoci')}:latest`
    await outputOf('umoci', ['init', '--layout', path('made-umoci')])
    await outputOf('umoci', ['new', '--image', image])
    await outputOf('umoci', ['unpack', '--image', image, path('bundle')])
    execFileSync('tar', [
      '--xattrs',
      '--xattrs-include=*',
      '-xpf',
      path('context/special.tar'),
      '-C',
      path('bundle/rootfs'),
    ])
    await outputOf('umoci', ['repack', '--image', image, path('bundle')])
    const settings = ['--config.env', 'A=b', '--config.cmd', 'sh', '--config.label', 'l=m', '--config.user', '5:6']
    await outputOf('umoci', ['config', '--image', image, ...settings, '--config.workingdir', '/work'])
  },
  async import() {
    await berth.output('import', '-q', '-c', 'CMD ["sh"]', '-c', 'ENV A=b', path('context/special.tar'), 'made-import')
    await berth.output('save', '-q', '--format', 'oci-dir', '-o', path('made-import'), 'made-import')
  },
  /** The tree that mmdebstrap made, but for libraries and documents, which are only many, and large files. */
  async mmdebstrap() {
    const archive = await debianArchive()
    const script = `mkdir debian; cd debian; tar -xOf "$0" --wildcards './*[0-9a-f].tar' |
tar -x --exclude=./usr/lib --exclude=./usr/share; find . -type f -size +100k -delete; tar --sort=name --numeric-owner --xattrs -cf ../debian.tar .`
    execFileSync('bash', ['-euo', 'pipefail', '-c', script, archive], {cwd: berth.directory})
    await berth.output('import', '-q', '-c', 'CMD ["bash"]', path('debian.tar'), 'made-mmdebstrap')
    await berth.output('save', '-q', '--format', 'oci-dir', '-o', path('made-mmdebstrap'), 'made-mmdebstrap')
  },
} satisfies Record<(typeof makers)[number], () => Promise<void>>

/** What has to be in each tree, so that comparing them says something. */
function expectSpecials(maker: (typeof makers)[number], tree: readonly string[] = []): void {
  const devices = tree.filter((line) => /(block|character) device/.test(line))
  const setIDs = tree.filter((line) => /\| [2-7][0-7]{3} /.test(line))
  if (maker !== 'mmdebstrap') {
    expect(devices).toHaveLength(2)
    expect(tree.join('\n')).toMatch(/user\.note=76616c7565/)
    return
  }
  expect(devices).toHaveLength(8)
  expect(setIDs.length).toBeGreaterThan(8)
  expect(tree.filter((line) => line.includes('same file as'))).not.toEqual([])
}

/** Where skopeo finds what a carrier carries; Berth's own images are written by Berth, the others by skopeo. */
async function carry(maker: (typeof makers)[number], carrier: (typeof carriers)[number]): Promise<string> {
  const place = path(`${maker}-${carrier}`)
  const tag = `carried-${maker}-${carrier}:1`
  const own = maker === 'berth' || maker === 'import' || maker === 'mmdebstrap'
  const targets = {
    registry: `docker://${registry.host}/${tag}`,
    'docker-archive': `docker-archive:${place}:localhost/${tag}`,
    'docker-dir': `dir:${place}`,
    'oci-archive': `oci-archive:${place}:localhost/${tag}`,
    'oci-dir': `oci:${place}:localhost/${tag}`,
  }
  if (!own) await skopeo(`oci:${path(`made-${maker}`)}`, targets[carrier])
  else if (carrier === 'registry')
    await berth.output('push', '-q', '--tls-verify=false', `made-${maker}`, `${registry.host}/${tag}`)
  else {
    await berth.output('tag', `made-${maker}`, tag)
    await berth.output('save', '-q', '--format', carrier, '-o', place, tag)
  }
  return targets[carrier].replace(/^(oci-archive|oci|docker-archive):(.*):localhost\/.*$/, '$1:$2')
}

interface Facts {
  readonly config: unknown
  readonly layers: readonly string[]
  readonly tree?: readonly string[]
}

const timesBefore = new Date('2010-01-01')

async function readByEngine(engine: TestEngine, source: string): Promise<Facts> {
  const [, transport = '', place = ''] = /^(docker|[a-z-]+):(?:\/\/)?(.*)$/.exec(source) ?? []
  const output = await readInto(engine, transport, place)
  const name =
    output
      .split('\n')
      .at(-1)
      ?.replace(/^Loaded image: /, '') ?? ''
  const [inspected] = JSON.parse(await engine.output('image', 'inspect', name))
  const mounted = (await engine.output('image', 'mount', inspected.Id)).split(/\s+/).at(-1) ?? ''
  const tree = listTree(mounted, {timesBefore})
  await engine.output('image', 'unmount', inspected.Id)
  await engine.output('rmi', '-f', name)
  return {config: settingsOf(inspected.Config), layers: inspected.RootFS.Layers, tree}
}

/** podman 4.3 takes the path of a layout for a name, in which capitals are refused: a link without any leads there. */
async function readInto(engine: TestEngine, transport: string, place: string): Promise<string> {
  if (transport === 'docker') return engine.output('pull', '-q', '--tls-verify=false', place)
  const link = join('/tmp', `bt-layout-${process.pid}`)
  symlinkSync(place, link)
  try {
    return await engine.output('load', '-q', '-i', link)
  } finally {
    rmSync(link)
  }
}

async function readBySkopeo(source: string): Promise<Facts> {
  const config = JSON.parse(await outputOf('skopeo', ['inspect', '--tls-verify=false', '--config', source]))
  return {config: settingsOf(config.config), layers: config.rootfs.diff_ids}
}

async function readByUmoci(source: string, name: string): Promise<Facts> {
  const layout = path(`${name}-umoci`)
  await skopeo(source, `oci:${layout}:latest`)
  await outputOf('umoci', ['unpack', '--image', `${layout}:latest`, `${layout}-bundle`])
  const tree = listTree(join(`${layout}-bundle`, 'rootfs'), {timesBefore})
  return {...(await readBySkopeo(`oci:${layout}:latest`)), tree}
}

const fields = ['Env', 'Cmd', 'Entrypoint', 'Labels', 'User', 'WorkingDir', 'ExposedPorts', 'Volumes', 'StopSignal']

function settingsOf(config: Readonly<Record<string, unknown>>): unknown {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = config[field]
      const isEmpty = value === null || value === undefined || value === '' || Object.keys(value).length === 0
      return isEmpty ? [] : [[field, value]]
    }),
  )
}

describe.skipIf(missing)('images made, carried and read by different programs', () => {
  const expected = new Map<string, Facts>()

  it.each(makers.flatMap((maker) => carriers.map((carrier) => [maker, carrier] as const)))(
    'made by %s, carried by %s, reads the same everywhere',
    async (maker, carrier) => {
      const source = await carry(maker, carrier)
      const facts = await readByEngine(reader, source)
      expectSpecials(maker, facts.tree)
      expect(await readByEngine(podman, source)).toEqual(facts)
      expect(await readByUmoci(source, `${maker}-${carrier}`)).toEqual(facts)
      expect(await readBySkopeo(source)).toEqual({config: facts.config, layers: facts.layers})
      expect(facts).toEqual(expected.get(maker) ?? facts)
      expected.set(maker, facts)
    },
  )
})
