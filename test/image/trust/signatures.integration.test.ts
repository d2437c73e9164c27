import {generateKeyPairSync, type KeyObject, sign} from 'node:crypto'
import {chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {digestOf} from '../../../src/image/index.ts'
import {requireSuccess, runCommand} from '../../helpers/command.ts'
import {openBerth, type TestEngine} from '../../helpers/engine.ts'
import {busyboxArchive} from '../../helpers/images.ts'
import {openPodman} from '../../helpers/podman.ts'
import {openRegistry, type TestRegistry} from '../../helpers/registry.ts'
import {temporaryDirectory} from '../../helpers/temporary-directory.ts'
import {listen} from '../registry/token-server.ts'

const plain = '--tls-verify=false'
let home: ReturnType<typeof temporaryDirectory>
let registry: TestRegistry
let berth: TestEngine
let podman: TestEngine
let env: Record<string, string>
let digest: string
const fingerprints: Record<string, string> = {}

beforeAll(async () => {
  home = temporaryDirectory()
  registry = await openRegistry()
  berth = openBerth()
  podman = openPodman()
  env = {HOME: home.path, GNUPGHOME: join(home.path, 'gpg'), XDG_CONFIG_HOME: join(home.path, '.config')}
  mkdirSync(env.GNUPGHOME as string, {mode: 0o700})
  for (const name of ['good', 'other']) {
    const user = `${name}@example.com`
    await gpg('--quick-generate-key', '--passphrase', '', user, 'ed25519', 'sign', 'never')
    writeFileSync(join(home.path, `${name}.gpg`), await gpg('--armor', '--export', user))
    const listed = await gpg('--with-colons', '--list-keys', user)
    fingerprints[name] = /^fpr:+([0-9A-F]+):/m.exec(listed)?.[1] ?? ''
  }
  for (const engine of [berth, podman]) await engine.output('load', '-q', '-i', await busyboxArchive())
  await podman.output('push', '-q', plain, 'busybox', `${registry.host}/app:1`)
  digest = await podman.output('image', 'inspect', '--format', '{{.Digest}}', 'busybox')
  const raw = await runCommand('skopeo', ['inspect', '--raw', plain, `docker://${registry.host}/app:1`])
  digest = digestOf(requireSuccess(raw))
})

afterAll(async () => {
  await runCommand('gpgconf', ['--kill', 'all'], {env})
  await berth[Symbol.asyncDispose]()
  await podman[Symbol.asyncDispose]()
  await registry[Symbol.asyncDispose]()
  await home[Symbol.asyncDispose]()
})

async function gpg(...args: readonly string[]): Promise<string> {
  return requireSuccess(await runCommand('gpg', ['--batch', '--no-tty', ...args], {env}))
}

/** Says in registries.d where signatures are. */
function signaturesIn(lookaside: string, settings = ''): string {
  const directory = join(home.path, '.config/containers/registries.d')
  mkdirSync(directory, {recursive: true})
  const staging = join(home.path, 'signatures')
  const text = `docker:\n  ${registry.host}:\n    lookaside: ${lookaside}\n    lookaside-staging: file://${staging}\n${settings}`
  writeFileSync(join(directory, 'test.yaml'), text)
  return staging
}

function policy(requirement: object): string {
  const path = join(home.path, 'policy.json')
  const transports = {docker: {[registry.host]: [requirement]}}
  writeFileSync(path, JSON.stringify({default: [{type: 'reject'}], transports}))
  return path
}

const signedBy = (name: string) => ({type: 'signedBy', keyType: 'GPGKeys', keyPath: join(home.path, `${name}.gpg`)})

/** What a pull under this policy says: nothing, or its error. */
async function pull(engine: TestEngine, name: string, requirement: object): Promise<string> {
  const args = ['pull', '-q', plain, '--signature-policy', policy(requirement), `${registry.host}/${name}`]
  const {exitCode, stderr} = await engine.run(args, {env})
  return exitCode === 0 ? '' : stderr.trim()
}

async function expectBoth(name: string, requirement: object, answer: string | RegExp): Promise<void> {
  for (const engine of [berth, podman]) await expectAnswer(engine, name, requirement, answer)
}

async function expectAnswer(
  engine: TestEngine,
  name: string,
  requirement: object,
  answer: string | RegExp,
): Promise<void> {
  const said = await pull(engine, name, requirement)
  if (typeof answer === 'string') expect(said, engine.name).toBe(answer)
  else expect(said, engine.name).toMatch(answer)
}

describe('signatures of gpg', () => {
  let staging: string
  beforeEach(() => {
    staging = signaturesIn(`file://${join(home.path, 'signatures')}`)
  })

  it('made by podman are accepted, and only those that count', async () => {
    await requireRun(
      podman,
      'push',
      '-q',
      plain,
      '--sign-by',
      'good@example.com',
      'busybox',
      `${registry.host}/theirs:1`,
    )
    await expectBoth('theirs:1', signedBy('good'), '')
    await expectBoth('theirs:1', signedBy('other'), /^Error: Source image rejected: Invalid GPG signature: /)
    await expectBoth(
      'app:1',
      signedBy('good'),
      'Error: Source image rejected: A signature was required, but no signature exists',
    )
    // The same manifest by another tag
    await requireRun(podman, 'push', '-q', plain, '--remove-signatures', 'busybox', `${registry.host}/theirs:2`)
    const claim = `Error: Source image rejected: Signature for identity ${registry.host}/theirs:1 is not accepted`
    await expectBoth('theirs:2', signedBy('good'), claim)
    await expectBoth('theirs:2', {...signedBy('good'), signedIdentity: {type: 'matchRepository'}}, '')
    await expectBoth(`theirs@${digest}`, signedBy('good'), '')
    await expectBoth(`theirs@${digest}`, {...signedBy('good'), signedIdentity: {type: 'matchExact'}}, claim)
    const remap = {type: 'remapIdentity', prefix: `${registry.host}/theirs`, signedPrefix: 'elsewhere.io/x'}
    await expectBoth('theirs:1', {...signedBy('good'), signedIdentity: remap}, claim)
  })

  it('made by Berth are accepted by podman and skopeo', async () => {
    await requireRun(berth, 'push', '-q', plain, '--sign-by', 'good@example.com', 'busybox', `${registry.host}/ours:1`)
    await expectBoth('ours:1', signedBy('good'), '')
    const [directory = ''] = readdirSync(staging).filter((name) => name.startsWith('ours@'))
    const manifest = join(home.path, 'manifest.json')
    const raw = await runCommand('skopeo', ['inspect', '--raw', plain, `docker://${registry.host}/ours:1`])
    writeFileSync(manifest, requireSuccess(raw))
    const signature = join(staging, directory, 'signature-1')
    const args = ['standalone-verify', manifest, `${registry.host}/ours:1`, fingerprints.good ?? '', signature]
    expect(requireSuccess(await runCommand('skopeo', args, {env}))).toContain('Signature verified')
  })

  it('made by skopeo are accepted; a broken one and one over another manifest are not', async () => {
    await podman.output('push', '-q', plain, '--remove-signatures', 'busybox', `${registry.host}/single:1`)
    const raw = await runCommand('skopeo', ['inspect', '--raw', plain, `docker://${registry.host}/single:1`])
    const [manifest, other] = [join(home.path, 'single.json'), join(home.path, 'other.json')]
    writeFileSync(manifest, requireSuccess(raw))
    writeFileSync(other, `${requireSuccess(raw)} `)
    const target = join(staging, `single@${digest.replace(':', '=')}`, 'signature-1')
    mkdirSync(dirname(target), {recursive: true})
    const make = async (file: string) => {
      const args = ['standalone-sign', file, `${registry.host}/single:1`, fingerprints.good ?? '', '-o', target]
      requireSuccess(await runCommand('skopeo', args, {env}))
    }
    await make(manifest)
    await expectBoth('single:1', signedBy('good'), '')
    await make(other)
    await expectBoth('single:1', signedBy('good'), /^Error: Source image rejected: Signature for digest/)
    const spoilt = readFileSync(target)
    spoilt[spoilt.length - 20] = (spoilt[spoilt.length - 20] ?? 0) ^ 1
    writeFileSync(target, spoilt)
    await expectBoth('single:1', signedBy('good'), /^Error: Source image rejected: /)
    writeFileSync(target, 'no signature at all')
    await expectBoth('single:1', signedBy('good'), /^Error: Source image rejected: /)
  })

  it('are added by image sign, and found on a web server', async () => {
    const directory = join(home.path, 'web')
    mkdirSync(directory)
    // The registry speaks plain HTTP: registries.conf says so, for image sign has no option
    const conf = join(home.path, 'registries.conf')
    writeFileSync(conf, `[[registry]]\nlocation = "${registry.host}"\ninsecure = true\n`)
    const signing = {...env, CONTAINERS_REGISTRIES_CONF: conf}
    const args = ['image', 'sign', '--sign-by', 'good@example.com', '-d', directory, `docker://${registry.host}/app:1`]
    requireSuccess(await berth.run(args, {env: signing}))
    await using server = await listen((request, response) => {
      try {
        response.end(readFileSync(join(directory, decodeURIComponent(request.url ?? ''))))
      } catch {
        response.writeHead(404).end()
      }
    })
    signaturesIn(`http://${server.host}`)
    await expectBoth('app:1', signedBy('good'), '')
    expect(server.log.some((line) => line.endsWith('/signature-1 200'))).toBe(true)
  })

  it('are refused by image sign in the words of podman', async () => {
    const conf = join(home.path, 'registries.conf')
    writeFileSync(conf, `[[registry]]\nlocation = "${registry.host}"\ninsecure = true\n`)
    const key = ['--sign-by', 'good@example.com']
    const there = ['-d', join(home.path, 'signed')]
    mkdirSync(there[1] as string)
    const image = `docker://${registry.host}/single:1`
    for (const args of [
      [...there, image],
      [...key, '-d', '/nonexistent', image],
      [...key, ...there, 'localhost/busybox'],
      [...key, ...there, `dir:${home.path}`],
      [...key, ...there, '--all', image],
      [...key, ...there, image],
    ]) {
      const said = []
      for (const engine of [berth, podman]) {
        const environment = {...env, CONTAINERS_REGISTRIES_CONF: conf}
        const {exitCode, stderr} = await engine.run(['image', 'sign', ...args], {env: environment})
        const files = readdirSync(there[1] as string, {recursive: true, encoding: 'utf8'})
        said.push([args, exitCode, stderr, files.sort()])
        rmSync(there[1] as string, {recursive: true})
        mkdirSync(there[1] as string)
      }
      expect(said[0]).toEqual(said[1])
    }
  })

  it('are not made with a key that is not there', async () => {
    const name = `${registry.host}/never:1`
    const {exitCode, stderr} = await berth.run(
      ['push', '-q', plain, '--sign-by', 'nobody@example.com', 'busybox', name],
      {env},
    )
    expect([exitCode, stderr]).toEqual([
      125,
      'Error: signing by "nobody@example.com": gpg: signing failed: No secret key\n',
    ])
  })
})

async function requireRun(engine: TestEngine, ...args: readonly string[]): Promise<void> {
  requireSuccess(await engine.run(args, {env}))
}

// Debian's podman and skopeo are built without them: they are made here as cosign makes them
describe('signatures of sigstore', () => {
  const expectPull = (name: string, requirement: object, answer: string | RegExp) =>
    expectAnswer(berth, name, requirement, answer)

  const keys = generateKeyPairSync('ec', {namedCurve: 'P-256'})
  const stranger = generateKeyPairSync('ec', {namedCurve: 'P-256'})
  const requirement = (key: KeyObject) => ({
    type: 'sigstoreSigned',
    keyData: Buffer.from(key.export({type: 'spki', format: 'pem'})).toString('base64'),
  })

  beforeAll(async () => {
    signaturesIn(`file://${join(home.path, 'signatures')}`, '    use-sigstore-attachments: true\n')
    await attach(`${registry.host}/app:1`)
  })

  /** As cosign does it: a manifest beside the image whose layers are what was signed. */
  async function attach(identity: string): Promise<void> {
    const critical = {
      identity: {'docker-reference': identity},
      image: {'docker-manifest-digest': digest},
      type: 'cosign container image signature',
    }
    const payload = Buffer.from(JSON.stringify({critical, optional: null}))
    const layer = {
      ...(await upload(payload)),
      mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
      annotations: {'dev.cosignproject.cosign/signature': sign('sha256', payload, keys.privateKey).toString('base64')},
    }
    const config = Buffer.from(
      JSON.stringify({architecture: '', os: '', config: {}, rootfs: {type: 'layers', diff_ids: [digestOf(payload)]}}),
    )
    const type = 'application/vnd.oci.image.manifest.v1+json'
    const manifest = {
      schemaVersion: 2,
      mediaType: type,
      config: {...(await upload(config)), mediaType: 'application/vnd.oci.image.config.v1+json'},
      layers: [layer],
    }
    const put = await fetch(`http://${registry.host}/v2/app/manifests/${digest.replace(':', '-')}.sig`, {
      method: 'PUT',
      headers: {'content-type': type},
      body: JSON.stringify(manifest),
    })
    expect(put.status).toBe(201)
  }

  async function upload(bytes: Buffer): Promise<{digest: string; size: number}> {
    const begun = await fetch(`http://${registry.host}/v2/app/blobs/uploads/`, {method: 'POST'})
    const place = new URL(begun.headers.get('location') ?? '')
    place.searchParams.set('digest', digestOf(bytes))
    expect((await fetch(place, {method: 'PUT', body: new Uint8Array(bytes)})).status).toBe(201)
    return {digest: digestOf(bytes), size: bytes.length}
  }

  it('count when they are of the key and for the image', async () => {
    await expectPull('app:1', requirement(keys.publicKey), '')
    await expectPull(
      'app:1',
      requirement(stranger.publicKey),
      /^Error: Source image rejected: cryptographic signature verification failed/,
    )
    await podman.output('push', '-q', plain, '--remove-signatures', 'busybox', `${registry.host}/app:2`)
    await expectPull('app:2', requirement(keys.publicKey), /Signature for identity .*\/app:1 is not accepted$/)
    await expectPull('app:2', {...requirement(keys.publicKey), signedIdentity: {type: 'matchRepository'}}, '')
  })

  it('are looked for only where registries.d says that there are some', async () => {
    signaturesIn(`file://${join(home.path, 'signatures')}`)
    await expectPull(
      'app:1',
      requirement(keys.publicKey),
      'Error: Source image rejected: A signature was required, but no signature exists',
    )
  })
})

describe('image trust', () => {
  it('writes and shows policies as podman does', async () => {
    signaturesIn('https://signatures.example.com')
    // podman calls gpg by its old name
    const bin = join(home.path, 'bin')
    mkdirSync(bin, {recursive: true})
    writeFileSync(join(bin, 'gpg2'), '#!/bin/sh\nexec gpg "$@"\n')
    chmodSync(join(bin, 'gpg2'), 0o755)
    const withBin = {...env, PATH: `${bin}:${process.env.PATH}`}
    const lookasides = join(home.path, 'lookasides')
    mkdirSync(lookasides)
    writeFileSync(
      join(lookasides, 'a.yaml'),
      'default-docker:\n  sigstore: file:///signatures\ndocker:\n  quay.io/a:\n    lookaside: https://a.example.com\n',
    )
    const results = []
    for (const engine of [berth, podman]) {
      const path = join(home.path, `trust-${engine.name}.json`)
      const accept = [{type: 'insecureAcceptAnything'}]
      const others = {'docker-daemon': {'': accept}, dir: {'': [{type: 'reject'}], '/a': accept}}
      writeFileSync(path, JSON.stringify({default: accept, transports: others}))
      const key = join(home.path, 'good.gpg')
      const lines: string[] = []
      for (const args of [
        ['set', '-t', 'reject', 'default'],
        ['set', '-t', 'accept', 'quay.io/a'],
        ['set', '-f', key, '-f', join(home.path, 'other.gpg'), registry.host],
        ['set', '-t', 'sigstoreSigned', '-f', key, 'z.io/x'],
        ['set', 'quay.io/b'],
        ['set', '-t', 'accept', '-f', key, 'quay.io/b'],
        ['set', '-t', 'nonsense', 'quay.io/b'],
        ['set', '-f', `${key},${join(home.path, 'other.gpg')}`, 'quay.io/c'],
        ['show', '--registrypath', lookasides],
        ['show', '--json', '--registrypath', lookasides],
        ['show'],
        ['show', '-n'],
        ['show', '--json'],
      ]) {
        const [verb = '', ...rest] = args
        const {exitCode, stdout, stderr} = await engine.run(['image', 'trust', verb, '--policypath', path, ...rest], {
          env: withBin,
        })
        lines.push(`${args.join(' ')}: ${exitCode}\n${stdout}${stderr}`)
      }
      results.push({lines, document: JSON.parse(readFileSync(path, 'utf8'))})
    }
    expect(results[0]).toEqual(results[1])
  })
})
