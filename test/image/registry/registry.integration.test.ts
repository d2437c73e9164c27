import {execFileSync} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {resolveEnvironment} from '../../../src/config/environment.ts'
import {
  ensureImage,
  hostArchitecture,
  type Image,
  type ImageStore,
  listTags,
  loadImages,
  loggedInAs,
  login,
  logout,
  parseReference,
  pullAllTags,
  pushImage,
  RegistryAccess,
  type RegistryAccessOptions,
  type RetryPolicy,
  searchImages,
  verifyImages,
} from '../../../src/image/index.ts'
import {PartialBlobs} from '../../../src/image/registry/partial-blobs.ts'
import {busyboxArchive} from '../../helpers/images.ts'
import {openPodman} from '../../helpers/podman.ts'
import {openRegistry, type TestRegistry} from '../../helpers/registry.ts'
import {waitUntil} from '../../helpers/wait-until.ts'
import {makeImage, openStore, type StoreFixture} from '../store-fixture.ts'
import {forward, type Handler, listen, openTokenRegistry} from './token-server.ts'

const quick: RetryPolicy = {attempts: 3, delayMs: 10}
let registry: TestRegistry
let fixture: StoreFixture
let images: ImageStore
let busybox: Image
let layered: Image

beforeAll(async () => {
  registry = await openRegistry()
  fixture = await openStore()
  images = fixture.images
  await loadImages(images, {path: await busyboxArchive(), temporaryDirectory: fixture.path})
  busybox = images.lookup('busybox')
  const middle = await makeImage(images, {'a/b': 'x'.repeat(300_000)}, {base: busybox})
  layered = await makeImage(images, {c: 'y'}, {base: middle, names: ['localhost/layered:1'], config: {Cmd: ['sh']}})
})

afterAll(async () => {
  await registry[Symbol.asyncDispose]()
  await fixture[Symbol.asyncDispose]()
})

function access(
  options: Partial<RegistryAccessOptions> = {},
  env: Readonly<Record<string, string>> = {},
): RegistryAccess {
  const environment = resolveEnvironment({env: {HOME: fixture.path, ...env}, systemRoot: fixture.path})
  return new RegistryAccess({environment, tlsVerify: false, retry: quick, ...options})
}

async function push(image: Image, target: string, options: Partial<Parameters<typeof pushImage>[3]> = {}) {
  using reached = access()
  return pushImage(images, image, parseReference(target), {access: reached, compression: {format: 'gzip'}, ...options})
}

async function pull(store: ImageStore, name: string, reached: RegistryAccess = access()): Promise<Image> {
  const environment = resolveEnvironment({env: {HOME: fixture.path}, systemRoot: fixture.path})
  return ensureImage(store, name, {access: reached, environment, policy: 'always'})
}

describe('push and pull', () => {
  it.each([
    ['gzip', undefined],
    ['zstd', 'oci'],
    ['gzip', 'v2s2'],
  ] as const)('carries an image with %s layers (%s)', async (format, form) => {
    const name = `${registry.host}/carried/${format}${form ?? ''}:1`
    const pushed = await push(layered, name, {compression: {format}, ...(form && {form})})
    await using other = await openStore()
    const pulled = await pull(other.images, name)
    expect(pulled.id).toBe(layered.id)
    expect(pulled.digest).toBe(pushed.digest)
    expect(pulled.record.layers).toEqual(layered.record.layers)
    expect(verifyImages(other.images)).toEqual([])
  })

  it('is read by podman, and reads what podman and skopeo pushed', async () => {
    const name = `${registry.host}/witness:1`
    await push(layered, name)
    await using podman = openPodman()
    await podman.output('pull', '-q', '--tls-verify=false', name)
    expect(await podman.output('image', 'inspect', name, '--format', '{{.Id}}')).toBe(layered.id)
    for (const format of ['oci', 'v2s2']) {
      const back = `${registry.host}/witness/${format}:1`
      await podman.output('push', '-q', '--tls-verify=false', '--format', format, name, back)
      await using other = await openStore()
      const pulled = await pull(other.images, back)
      expect(pulled.record.diffIDs).toEqual(layered.record.diffIDs)
      expect(verifyImages(other.images)).toEqual([])
    }
  })

  it('keeps the digest of an image that is pulled and pushed elsewhere in the registry', async () => {
    await using podman = openPodman()
    await podman.output('load', '-i', await busyboxArchive())
    const from = `${registry.host}/again/from:1`
    await podman.output('push', '-q', '--tls-verify=false', 'localhost/busybox', from)
    await using other = await openStore()
    const pulled = await pull(other.images, from)
    using reached = access()
    const to = parseReference(`${registry.host}/again/to:1`)
    const pushed = await pushImage(other.images, pulled, to, {access: reached, compression: {format: 'gzip'}})
    expect(pushed.digest).toBe(pulled.digest)
  })

  it('finds an image by the digest of its list and of its own manifest', async () => {
    const {digest, bytes} = await push(busybox, `${registry.host}/multi:amd64`, {form: 'oci'})
    const descriptor = {mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: bytes.length}
    const list = JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [
        {...descriptor, platform: {os: 'linux', architecture: 'amd64'}},
        {...descriptor, digest: `sha256:${'1'.repeat(64)}`, platform: {os: 'linux', architecture: 'riscv64'}},
      ],
    })
    using reached = access()
    const reference = parseReference(`${registry.host}/multi:list`)
    const repository = await reached.repository({reference, insecure: true, isMirror: false})
    await expect(
      repository.putManifest('list', Buffer.from(list), 'application/vnd.oci.image.index.v1+json'),
    ).rejects.toThrow()
    const single = list.replace(/,\{[^}]*riscv64"\}\}/, '')
    await repository.putManifest('list', Buffer.from(single), 'application/vnd.oci.image.index.v1+json')
    await using other = await openStore()
    const pulled = await pull(other.images, `${registry.host}/multi:list`)
    expect(pulled.digest).toBe(digest)
    expect(pulled.digests).toHaveLength(2)
    for (const known of pulled.digests)
      expect(other.images.lookup(`${registry.host}/multi@${known}`).id).toBe(busybox.id)
    const byDigest = await pull(other.images, `${registry.host}/multi@${digest}`)
    expect(byDigest.names).toContain(`${registry.host}/multi@${digest}`)
    await expect(
      ensureImage(other.images, `${registry.host}/multi:list`, {
        access: reached,
        environment: resolveEnvironment({env: {}}),
        policy: 'always',
        platform: {architecture: 's390x'},
      }),
    ).rejects.toThrow('no image found in manifest list for architecture "s390x", variant "", OS "linux"')
  })

  it('pulls by policy', async () => {
    const name = `${registry.host}/policy:1`
    await push(busybox, name)
    await using other = await openStore()
    const environment = resolveEnvironment({env: {HOME: fixture.path}, systemRoot: fixture.path})
    using reached = access()
    const ensure = (policy: 'always' | 'missing' | 'never' | 'newer') =>
      ensureImage(other.images, name, {access: reached, environment, policy})
    await expect(ensure('never')).rejects.toMatchObject({code: 'ERR_IMAGE_UNKNOWN'})
    expect((await ensure('missing')).id).toBe(busybox.id)
    await push(layered, name)
    expect((await ensure('missing')).id).toBe(busybox.id)
    expect((await ensure('newer')).id).toBe(layered.id)
    const pulls = other.events.filter(({status}) => status === 'pull').length
    expect((await ensure('newer')).id).toBe(layered.id)
    expect(other.events.filter(({status}) => status === 'pull')).toHaveLength(pulls)
    expect((await ensure('always')).id).toBe(layered.id)
  })

  it('pulls all tags, lists them and searches the catalog', async () => {
    for (const tag of ['1', '2']) await push(busybox, `${registry.host}/tags:${tag}`)
    await using other = await openStore()
    using reached = access()
    await pullAllTags(other.images, `${registry.host}/tags`, {access: reached})
    expect([...(other.images.list()[0]?.names ?? [])].sort()).toEqual([
      `${registry.host}/tags:1`,
      `${registry.host}/tags:2`,
    ])
    expect((await listTags(reached, `${registry.host}/tags`, 0)).map(({tag}) => tag).sort()).toEqual(['1', '2'])
    expect((await searchImages(reached, `${registry.host}/tag`)).map(({name}) => name)).toEqual([
      `${registry.host}/tags`,
    ])
  })

  it('says what a registry does not have', async () => {
    await expect(pull(images, `${registry.host}/carried:none`)).rejects.toThrow(
      `initializing source docker://${registry.host}/carried:none: reading manifest none in ${registry.host}/carried: manifest unknown`,
    )
    using strict = access({tlsVerify: true})
    await expect(pull(images, `${registry.host}/carried:none`, strict)).rejects.toThrow(
      /pinging container registry 127.0.0.1:\d+: Get "https:\/\/127.0.0.1:\d+\/v2\/": http: server gave HTTP response to HTTPS client/,
    )
  })
})

describe('registries.conf', () => {
  it('goes through mirrors to the registry, and honours blocked and search registries', async () => {
    await push(busybox, `${registry.host}/conf/app:1`)
    const conf = join(fixture.path, 'registries.conf')
    writeFileSync(
      conf,
      `unqualified-search-registries = ["${registry.host}"]
       [[registry]]
       prefix = "example.com/team"
       location = "${registry.host}/conf"
       insecure = true
       [[registry.mirror]]
       location = "127.0.0.1:1/none"
       insecure = true
       [[registry]]
       location = "blocked.example.com"
       blocked = true
       [[registry]]
       location = "${registry.host}"
       insecure = true
       [aliases]
       "nick" = "example.com/team/app"`,
    )
    const environment = resolveEnvironment({
      env: {HOME: fixture.path, CONTAINERS_REGISTRIES_CONF: conf},
      systemRoot: fixture.path,
    })
    using reached = new RegistryAccess({environment, retry: {attempts: 0, delayMs: 1}})
    const ensure = async (name: string) => {
      await using other = await openStore()
      return (await ensureImage(other.images, name, {access: reached, environment, policy: 'always'})).names
    }
    expect(await ensure('example.com/team/app:1')).toEqual(['example.com/team/app:1'])
    expect(await ensure('nick:1')).toEqual(['example.com/team/app:1'])
    expect(await ensure('conf/app:1')).toEqual([`${registry.host}/conf/app:1`])
    await expect(ensure('blocked.example.com/x')).rejects.toThrow(/registry blocked.example.com is blocked in/)
  })
})

describe('credentials', () => {
  it('gets tokens for what it does, logs in and out', async () => {
    await using tokens = await openTokenRegistry(registry.host, {me: 'secret'})
    const name = `${tokens.host}/private/app:1`
    using anonymous = access()
    await expect(
      pushImage(images, busybox, parseReference(name), {access: anonymous, compression: {format: 'gzip'}}),
    ).rejects.toMatchObject({code: 'ERR_UNAUTHORIZED'})

    const environment = resolveEnvironment({env: {HOME: fixture.path}, systemRoot: fixture.path})
    const authFile = join(fixture.path, 'auth.json')
    const target = {environment, registry: tokens.host, authFile}
    const wrong = {username: 'me', password: 'wrong'}
    using refused = access({credentials: {kind: 'password', ...wrong}})
    await expect(login(refused, target, wrong)).rejects.toThrow(
      `logging into "${tokens.host}": invalid username/password`,
    )
    const right = {username: 'me', password: 'secret'}
    using granted = access({credentials: {kind: 'password', ...right}})
    await login(granted, target, right)
    expect(await loggedInAs(target)).toBe('me')
    expect(JSON.parse(readFileSync(authFile, 'utf8')).auths[tokens.host].auth).toBe(
      Buffer.from('me:secret').toString('base64'),
    )

    using known = access({authFile})
    await pushImage(images, layered, parseReference(name), {access: known, compression: {format: 'gzip'}})
    expect(tokens.scopes).toContain('repository:private/app:pull,push')
    await using other = await openStore()
    expect((await pull(other.images, name, known)).id).toBe(layered.id)

    await logout(target)
    await expect(loggedInAs(target)).rejects.toThrow(`not logged into ${tokens.host}`)
    await expect(logout(target)).rejects.toThrow(`not logged into ${tokens.host}`)
  })

  it('asks a credential helper', async () => {
    await using tokens = await openTokenRegistry(registry.host, {me: 'secret'})
    const bin = join(fixture.path, 'bin')
    mkdirSync(bin, {recursive: true})
    const helper = join(bin, 'docker-credential-test')
    writeFileSync(helper, '#!/bin/sh\nread server\nprintf \'{"Username":"me","Secret":"secret"}\'\n')
    chmodSync(helper, 0o755)
    const authFile = join(fixture.path, 'helper.json')
    writeFileSync(authFile, JSON.stringify({credHelpers: {[tokens.host]: 'test'}}))
    const {PATH} = process.env
    process.env.PATH = `${bin}:${PATH}`
    try {
      using known = access({authFile})
      const target = parseReference(`${tokens.host}/helped:1`)
      await pushImage(images, busybox, target, {access: known, compression: {format: 'gzip'}})
    } finally {
      process.env.PATH = PATH
    }
  })

  it('reaches a registry over TLS with a password and its certificate', async () => {
    const directory = join(fixture.path, 'tls')
    mkdirSync(directory, {recursive: true})
    const [certificate, key] = [join(directory, 'ca.crt'), join(fixture.path, 'tls.key')]
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=127.0.0.1',
        '-addext',
        'subjectAltName=IP:127.0.0.1',
        '-keyout',
        key,
        '-out',
        certificate,
      ],
      {stdio: 'ignore'},
    )
    // The password is "secret"
    const htpasswd = `me:${bcryptOfSecret}\n`
    await using secure = await openRegistry({tls: {certificate, key}, htpasswd})
    const name = parseReference(`${secure.host}/app:1`)
    const credentials = {kind: 'password', username: 'me', password: 'secret'} as const
    const options = {compression: {format: 'gzip'}} as const
    using trusting = access({tlsVerify: undefined, certDir: directory, credentials})
    await pushImage(images, busybox, name, {...options, access: trusting})
    using unknown = access({tlsVerify: undefined, credentials})
    await expect(pushImage(images, busybox, name, {...options, access: unknown})).rejects.toThrow(
      /x509: certificate signed by unknown authority/,
    )
    using stranger = access({certDir: directory, credentials: {...credentials, password: 'wrong'}})
    await expect(pushImage(images, busybox, name, {...options, access: stranger})).rejects.toMatchObject({
      code: 'ERR_UNAUTHORIZED',
    })
  })
})

const bcryptOfSecret = '$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a'

describe('faults', () => {
  /** Counts requests for blobs and lets `fault` answer; false hands the request on. */
  async function faulty(
    fault: (kind: string, count: number, ...args: Parameters<Handler>) => boolean | Promise<boolean>,
  ) {
    const counts: Record<string, number> = {}
    return listen(async (request, response) => {
      const kind = /\/(blobs|manifests)\//.exec(request.url ?? '')?.[1] ?? 'other'
      counts[kind] = (counts[kind] ?? 0) + 1
      if (!(await fault(kind, counts[kind], request, response))) await forward(registry.host, request, response)
    })
  }

  const source = 'faults/app:1'
  beforeAll(async () => {
    await push(layered, `${registry.host}/${source}`)
  })

  async function expectPull(host: string, outcome: 'works' | RegExp): Promise<void> {
    await using other = await openStore()
    using reached = access()
    if (outcome === 'works') expect((await pull(other.images, `${host}/${source}`, reached)).id).toBe(layered.id)
    else {
      await expect(pull(other.images, `${host}/${source}`, reached)).rejects.toThrow(outcome)
      expect(other.images.list()).toEqual([])
      // The failure was the proxy's: from the registry itself the pull goes on
      expect((await pull(other.images, `${registry.host}/${source}`, reached)).id).toBe(layered.id)
    }
    expect(verifyImages(other.images)).toEqual([])
    expect(await other.images.layers.verify()).toEqual([])
  }

  it('goes on by range where a connection was cut', async () => {
    await using proxy = await faulty(async (kind, _count, request, response) => {
      if (kind !== 'blobs' || request.headers.range !== undefined) return false
      await forward(registry.host, request, response, {
        chunk: (chunk, offset) => (offset > 20_000 ? undefined : chunk),
      })
      return true
    })
    await expectPull(proxy.host, 'works')
    expect(proxy.log.filter((line) => line.endsWith(' 206')).length).toBeGreaterThan(0)
  })

  it('starts over where ranges are not served', async () => {
    const seen = new Set<string | undefined>()
    await using proxy = await faulty(async (kind, _count, request, response) => {
      if (kind !== 'blobs') return false
      delete request.headers.range
      const cut = !seen.has(request.url)
      seen.add(request.url)
      await forward(registry.host, request, response, {
        chunk: (chunk, offset) => (cut && offset > 20_000 ? undefined : chunk),
      })
      return true
    })
    await expectPull(proxy.host, 'works')
    const blobs = proxy.log.filter((line) => line.includes('/blobs/'))
    expect(blobs.length).toBeGreaterThan(new Set(blobs).size)
  })

  it('waits when told there were too many requests, and for a server that fails at times', async () => {
    await using proxy = await faulty((kind, count, _request, response) => {
      if (kind === 'other' || count > 2) return false
      const status = count === 1 ? 429 : 503
      response.writeHead(status, {'retry-after': '0'}).end('{"errors":[{"code":"TOOMANYREQUESTS","message":"slow"}]}')
      return true
    })
    await expectPull(proxy.host, 'works')
  })

  it('waits as long as it is told to', async () => {
    const times: number[] = []
    await using proxy = await faulty((kind, count, _request, response) => {
      if (kind !== 'manifests') return false
      times.push(Date.now())
      if (count > 1) return false
      response.writeHead(429, {'retry-after': '1'}).end()
      return true
    })
    await expectPull(proxy.host, 'works')
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(990)
  })

  it('takes its time with a registry that does', async () => {
    await using proxy = await faulty(async (_kind, _count, request, response) => {
      await sleep(100)
      await forward(registry.host, request, response, {
        headers: ({'content-length': _, ...headers}) => ({...headers, 'transfer-encoding': 'chunked'}),
      })
      return true
    })
    await expectPull(proxy.host, 'works')
  })

  it('asks for what is missing when a body is shorter than it should be', async () => {
    await using proxy = await faulty(async (kind, _count, request, response) => {
      if (kind !== 'blobs' || request.headers.range !== undefined) return false
      const shorter = (length: string | undefined) => String(Math.max(0, Number(length) - 5))
      await forward(registry.host, request, response, {
        headers: (headers) => ({...headers, 'content-length': shorter(headers['content-length'])}),
      })
      return true
    })
    // The configuration is read whole or not at all
    await expectPull(proxy.host, /got sha256/)
    const onlyLayers = layered.record.diffIDs
    await using layersOnly = await faulty(async (kind, _count, request, response) => {
      if (kind !== 'blobs' || request.headers.range !== undefined || request.url?.includes(layered.id)) return false
      const shorter = (length: string | undefined) => String(Math.max(0, Number(length) - 5))
      await forward(registry.host, request, response, {
        headers: (headers) => ({...headers, 'content-length': shorter(headers['content-length'])}),
      })
      return true
    })
    await expectPull(layersOnly.host, 'works')
    expect(layersOnly.log.filter((line) => line.endsWith(' 206'))).toHaveLength(onlyLayers.length)
  })

  it('takes the image that the tag meant when the pull began', async () => {
    const moving = 'faults/moving:1'
    await push(layered, `${registry.host}/${moving}`)
    await using proxy = await faulty(async (kind, count) => {
      if (kind === 'blobs' && count === 1) await push(busybox, `${registry.host}/${moving}`)
      return false
    })
    await using other = await openStore()
    expect((await pull(other.images, `${proxy.host}/${moving}`)).id).toBe(layered.id)
    expect((await pull(other.images, `${proxy.host}/${moving}`)).id).toBe(busybox.id)
    expect(verifyImages(other.images)).toEqual([])
  })

  it('takes nothing for the image of a list but what the list says', async () => {
    const {digest, bytes} = await push(layered, `${registry.host}/faults/listed:1`, {form: 'oci'})
    const type = 'application/vnd.oci.image.index.v1+json'
    const entry = {mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: bytes.length}
    const list = {
      schemaVersion: 2,
      mediaType: type,
      manifests: [{...entry, platform: {os: 'linux', architecture: hostArchitecture()}}],
    }
    const place = `http://${registry.host}/v2/faults/listed/manifests/list`
    const put = await fetch(place, {method: 'PUT', headers: {'content-type': type}, body: JSON.stringify(list)})
    expect(put.status).toBe(201)
    const other = await push(busybox, `${registry.host}/faults/listed:other`, {form: 'oci'})
    await using proxy = await faulty(async (kind, _count, request, response) => {
      if (kind !== 'manifests' || !request.url?.endsWith(digest)) return false
      request.url = request.url.replace(digest, other.digest)
      await forward(registry.host, request, response)
      return true
    })
    await using store = await openStore()
    await expect(pull(store.images, `${proxy.host}/faults/listed:list`)).rejects.toThrow(`got ${other.digest}`)
    expect(store.images.list()).toEqual([])
    expect((await pull(store.images, `${registry.host}/faults/listed:list`)).id).toBe(layered.id)
  })

  it('gets another token when one ends in the middle', async () => {
    await using tokens = await openTokenRegistry(registry.host, {}, {uses: 2})
    await expectPull(tokens.host, 'works')
    expect(tokens.log.filter((line) => line.includes('/token')).length).toBeGreaterThan(1)
  })

  describe('of a push', () => {
    it.each<[string, (count: number, ...args: Parameters<Handler>) => boolean]>([
      [
        'answers 500 to the first bytes of a layer',
        (count, request, response) => {
          if (request.method !== 'PATCH' || count > 1) return false
          response.writeHead(500).end()
          return true
        },
      ],
      [
        'cuts the connection while a layer is sent',
        (count, request) => {
          if (request.method !== 'PATCH' || count > 1) return false
          request.socket.destroy()
          return true
        },
      ],
      [
        'has too many requests at the end of a layer',
        (count, request, response) => {
          if (request.method !== 'PUT' || count > 1) return false
          response.writeHead(429, {'retry-after': '0'}).end()
          return true
        },
      ],
    ])('sends the image all the same to one that %s', async (_, fault) => {
      const counts: Record<string, number> = {}
      await using proxy = await listen(async (request, response) => {
        const method = request.method ?? ''
        counts[method] = (counts[method] ?? 0) + 1
        if (!fault(counts[method], request, response)) await forward(registry.host, request, response)
      })
      await using fresh = await openStore()
      const image = await makeImage(fresh.images, {unique: randomBytes(100_000).toString('hex')})
      using reached = access()
      const target = parseReference(`${proxy.host}/faults/pushed:1`)
      const pushed = await pushImage(fresh.images, image, target, {access: reached, compression: {format: 'gzip'}})
      await using other = await openStore()
      const pulled = await pull(other.images, `${registry.host}/faults/pushed:1`)
      expect([pulled.id, pulled.digest]).toEqual([image.id, pushed.digest])
    })

    /** Refuses what a proxy refuses: more than `most` bytes at once, or bytes that it is not told the number of. */
    function limited(most: number, how: 'says so' | 'cuts'): Handler {
      return async (request, response) => {
        const length = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY)
        if (request.method !== 'PATCH' || length <= most) return forward(registry.host, request, response)
        if (how === 'cuts') request.socket.destroy()
        else response.writeHead(length === Number.POSITIVE_INFINITY ? 411 : 413).end()
      }
    }

    it.each<[string, () => Handler, RegExp]>([
      ['wants lengths, and none above 1 MB', () => limited(1_000_000, 'says so'), /^PATCH .* 413$/],
      ['cuts whatever comes without a length', () => limited(10_000_000, 'cuts'), /^PATCH .* 202$/],
      [
        'loses the answer to a piece',
        () => {
          let isLost = false
          const refuse = limited(1_000_000, 'says so')
          return async (request, response) => {
            if (
              isLost ||
              request.headers['content-range'] === undefined ||
              Number(request.headers['content-length']) > 1e6
            )
              return refuse(request, response)
            isLost = true
            await forward(registry.host, request, response, {
              headers: (headers) => {
                response.socket?.destroy()
                return headers
              },
            })
          }
        },
        /^GET .*\/uploads\/.* (204|404)$/,
      ],
    ])('sends a layer in pieces to one that %s', async (_, handler, expected) => {
      await using proxy = await listen(handler())
      await using fresh = await openStore()
      const image = await makeImage(fresh.images, {unique: randomBytes(2_500_000).toString('hex')})
      using reached = access()
      const target = parseReference(`${proxy.host}/faults/pieces:1`)
      const pushed = await pushImage(fresh.images, image, target, {access: reached, compression: {format: 'gzip'}})
      expect(proxy.log).toContainEqual(expect.stringMatching(expected))
      await using other = await openStore()
      const pulled = await pull(other.images, `${registry.host}/faults/pieces:1`)
      expect([pulled.id, pulled.digest]).toEqual([image.id, pushed.digest])
    })

    it('says what a registry said that takes no piece, however short', async () => {
      await using proxy = await listen(limited(1000, 'says so'))
      await using fresh = await openStore()
      const image = await makeImage(fresh.images, {unique: randomBytes(200_000).toString('hex')})
      using reached = access()
      const target = parseReference(`${proxy.host}/faults/none:1`)
      await expect(
        pushImage(fresh.images, image, target, {access: reached, compression: {format: 'gzip'}}),
      ).rejects.toThrow(/writing blob .*413 Payload Too Large/)
    })

    it('asks for a mount from where the registry has a layer', async () => {
      await using fresh = await openStore()
      const image = await makeImage(fresh.images, {unique: randomBytes(1000).toString('hex')})
      await using watched = await listen((request, response) => forward(registry.host, request, response))
      using reached = access()
      const options = {access: reached, compression: {format: 'gzip'}} as const
      await pushImage(fresh.images, image, parseReference(`${watched.host}/mounts/from:1`), options)
      const sent = watched.log.length
      await pushImage(fresh.images, image, parseReference(`${watched.host}/mounts/to:1`), options)
      const second = watched.log.slice(sent)
      expect(second.filter((line) => line.includes('mount=') && line.endsWith(' 201'))).toHaveLength(1)
      // Only the configuration is sent
      expect(second.filter((line) => line.startsWith('PATCH'))).toEqual([])
    })
  })

  it.each<[string, RegExp, (kind: string, count: number, ...args: Parameters<Handler>) => boolean | Promise<boolean>]>([
    [
      'fails for good',
      /received unexpected HTTP status: 500/,
      (kind, _count, _request, response) => {
        if (kind !== 'manifests') return false
        response.writeHead(500).end()
        return true
      },
    ],
    [
      'spoils a layer',
      /digest does not match|cannot decompress/,
      async (kind, _count, request, response) => {
        if (kind !== 'blobs') return false
        await forward(registry.host, request, response, {
          chunk: (chunk) => Buffer.from(chunk.map((byte, index) => (index === chunk.length - 1 ? byte ^ 1 : byte))),
        })
        return true
      },
    ],
    [
      'sends more than it said',
      /more than the|digest does not match|exceeded maximum|got sha256/,
      (kind, _count, request, response) => {
        if (kind !== 'blobs' || request.method !== 'GET') return false
        response.writeHead(200)
        const endless = () => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536)));
        }
        response.on('drain', endless)
        endless()
        return true
      },
    ],
    [
      'sends a part of a layer twice',
      /more than the|digest does not match|cannot decompress|got sha256/,
      async (kind, _count, request, response) => {
        if (kind !== 'blobs') return false
        await forward(registry.host, request, response, {
          headers: ({'content-length': _, ...headers}) => headers,
          chunk: (chunk) => Buffer.concat([chunk, chunk]),
        })
        return true
      },
    ],
    [
      'has an endless manifest',
      /exceeded maximum allowed size of 4194304 bytes/,
      (kind, _count, _request, response) => {
        if (kind !== 'manifests') return false
        response.writeHead(200)
        const endless = () => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536, ' ')));
        }
        response.on('drain', endless)
        endless()
        return true
      },
    ],
    [
      'sends less than it said, every time',
      /unexpected EOF|reading|got sha256/,
      async (kind, _count, request, response) => {
        if (kind !== 'blobs') return false
        delete request.headers.range
        await forward(registry.host, request, response, {
          chunk: (chunk, offset) => (offset > 1000 ? undefined : chunk.subarray(0, 100)),
        })
        return true
      },
    ],
    [
      'sends another manifest than asked for',
      /manifest is not valid|digest/,
      (kind, _count, _request, response) => {
        if (kind !== 'manifests') return false
        response.writeHead(200).end('{"schemaVersion":2,"config":{},"layers":[]}')
        return true
      },
    ],
    [
      'asks for a password in the middle',
      /unauthorized: authentication required/,
      (kind, _count, _request, response) => {
        if (kind !== 'blobs') return false
        response.writeHead(401, {'www-authenticate': 'Basic realm="x"'}).end()
        return true
      },
    ],
  ])('refuses with one error when the registry %s', async (_, message, fault) => {
    await using proxy = await faulty(fault)
    await expectPull(proxy.host, message)
  })

  it('stops at once when told to, with nothing half stored', async () => {
    await using proxy = await faulty((kind, count) =>
      kind === 'blobs' && count > 1 ? new Promise<boolean>(() => {}) : false,
    )
    await using other = await openStore()
    using reached = access()
    const controller = new AbortController()
    const environment = resolveEnvironment({env: {HOME: fixture.path}, systemRoot: fixture.path})
    const pulling = ensureImage(other.images, `${proxy.host}/${source}`, {
      access: reached,
      environment,
      policy: 'always',
      signal: controller.signal,
    })
    setTimeout(() => controller.abort(), 300)
    const started = Date.now()
    await expect(pulling).rejects.toThrow()
    expect(Date.now() - started).toBeLessThan(1300)
    await other.images.sweep()
    expect(other.images.layers.list()).toEqual([])
    expect(await other.images.layers.verify()).toEqual([])
  })

  describe('of a layer that takes long', () => {
    const long = 'faults/long:1'
    const size = 6 * 1024 * 1024
    beforeAll(async () => {
      // Random bytes, which compress to nothing less
      const content = randomBytes(size).toString('latin1')
      await push(await makeImage(images, {content}, {base: busybox}), `${registry.host}/${long}`)
    })

    /** Passes `bytes` of every blob, then keeps silent or spoils what comes; counts what it passes. */
    async function limited(bytes: number, then: 'silence' | 'cut' | 'spoil') {
      return faulty(async (kind, _count, request, response) => {
        if (kind !== 'blobs') return false
        await forward(registry.host, request, response, {
          chunk: (chunk, offset) => {
            if (offset + chunk.length <= bytes) return chunk
            if (then === 'cut') return undefined
            return then === 'silence' ? Buffer.alloc(0) : Buffer.alloc(chunk.length, 1)
          },
        })
        return true
      })
    }

    /** How many bytes of blobs a pull without faults needs after this. */
    async function rest(other: StoreFixture): Promise<number> {
      let passed = 0
      await using proxy = await faulty(async (kind, _count, request, response) => {
        if (kind !== 'blobs') return false
        await forward(registry.host, request, response, {
          chunk: (chunk) => {
            passed += chunk.length
            return chunk
          },
        })
        return true
      })
      // Another process has the store open
      const store = await other.reopen()
      const pulled = await pull(store, `${proxy.host}/${long}`)
      expect(verifyImages(store)).toEqual([])
      expect(await store.layers.verify()).toEqual([])
      expect(readdirSync(join(store.directory, 'partial'))).toEqual(['locks'])
      expect(pulled.record.diffIDs).toHaveLength(2)
      return passed
    }

    it('goes on inside it after an interrupt', async () => {
      await using proxy = await limited(4 * 1024 * 1024, 'silence')
      await using other = await openStore()
      using reached = access()
      const controller = new AbortController()
      const environment = resolveEnvironment({env: {HOME: fixture.path}, systemRoot: fixture.path})
      const options = {access: reached, environment, policy: 'always', signal: controller.signal} as const
      const pulling = ensureImage(other.images, `${proxy.host}/${long}`, options)
      pulling.catch(() => undefined)
      const partial = join(other.images.directory, 'partial')
      await waitUntil('a part of the layer is there', () => longest(partial) > 3 * 1024 * 1024)
      controller.abort()
      await expect(pulling).rejects.toThrow()
      expect(longest(partial)).toBeGreaterThan(3 * 1024 * 1024)
      expect(await rest(other)).toBeLessThan(4 * 1024 * 1024)
    })

    it('goes on inside it after connections that were cut once too often', async () => {
      await using proxy = await limited(2 * 1024 * 1024, 'cut')
      await using other = await openStore()
      using reached = access({retry: {attempts: 0, delayMs: 1}})
      await expect(pull(other.images, `${proxy.host}/${long}`, reached)).rejects.toThrow(/reading blob|unexpected EOF/)
      expect(await rest(other)).toBeLessThan(5.5 * 1024 * 1024)
    })

    it('starts over when what came was wrong', async () => {
      await using proxy = await limited(4 * 1024 * 1024, 'spoil')
      await using other = await openStore()
      await expect(pull(other.images, `${proxy.host}/${long}`)).rejects.toThrow(
        /digest does not match|cannot decompress/,
      )
      expect(await rest(other)).toBeGreaterThan(size)
    })

    it('gives up what came when the store is swept', async () => {
      await using other = await openStore()
      const partials = new PartialBlobs(other.images.directory)
      const digest = `sha256:${'a'.repeat(64)}` as const
      const partial = partials.open(digest, size)
      expect(partials.open(digest, size)).toBeUndefined()
      partial?.append(Buffer.alloc(2 * 1024 * 1024))
      await other.images.sweep()
      partial?.keep()
      expect(longest(join(other.images.directory, 'partial'))).toBe(2 * 1024 * 1024)
      await other.images.sweep()
      expect(readdirSync(join(other.images.directory, 'partial'))).toEqual(['locks'])
    })
  })

  it('does the work of two pulls at once once', async () => {
    await using proxy = await faulty(() => false)
    await using other = await openStore()
    const second = await other.reopen()
    using reached = access()
    const pulled = await Promise.all(
      [other.images, second].map((store) => pull(store, `${proxy.host}/${source}`, reached)),
    )
    expect(pulled.map(({id}) => id)).toEqual([layered.id, layered.id])
    const blobs = proxy.log.filter((line) => line.startsWith('GET') && line.includes('/blobs/'))
    // The configuration twice, each layer once
    expect(blobs).toHaveLength(2 + layered.record.layers.length)
  })
})

function longest(directory: string): number {
  if (!existsSync(directory)) return 0
  return Math.max(
    0,
    ...readdirSync(directory)
      .filter((name) => name !== 'locks')
      .map((name) => statSync(join(directory, name)).size),
  )
}
