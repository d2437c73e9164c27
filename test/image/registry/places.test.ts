import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {resolveEnvironment} from '../../../src/config/environment.ts'
import {formatReference, parseReference} from '../../../src/image/index.ts'
import {loadCertificates} from '../../../src/image/registry/certificates.ts'
import {pullEndpoints, pushEndpoint} from '../../../src/image/registry/endpoints.ts'
import {loadRegistriesConf} from '../../../src/image/registry/registries-conf.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'berth-places-'))
})
afterEach(() => rmSync(root, {recursive: true, force: true}))

function write(path: string, text: string): void {
  const full = join(root, path)
  mkdirSync(dirname(full), {recursive: true})
  writeFileSync(full, text)
}

const environment = (env: Readonly<Record<string, string>> = {}) =>
  resolveEnvironment({env: {HOME: join(root, 'home'), ...env}, systemRoot: root})
const conf = () => loadRegistriesConf(environment())
const digest = `sha256:${'a'.repeat(64)}`

/** Where a pull goes, in order; `!` marks an insecure place. */
function places(name: string): readonly string[] {
  return pullEndpoints(conf(), parseReference(name)).map(
    ({reference, insecure}) => `${formatReference(reference)}${insecure ? '!' : ''}`,
  )
}

describe('registries.conf', () => {
  it('rewrites by the longest prefix, mirrors first, a push to the registry alone', () => {
    write(
      'etc/containers/registries.conf',
      `[[registry]]
       location = "r.io"
       insecure = true
       [[registry]]
       prefix = "r.io/team"
       location = "elsewhere.io:5000/x"
       [[registry.mirror]]
       location = "tags.io/t"
       pull-from-mirror = "tag-only"
       [[registry.mirror]]
       location = "digests.io/d"
       pull-from-mirror = "digest-only"
       insecure = true
       [[registry.mirror]]
       location = "any.io"
       [[registry]]
       prefix = "*.example.com"
       insecure = true
       [[registry]]
       location = "blocked.io/x"
       blocked = true`,
    )
    expect(places('r.io/other:1')).toEqual(['r.io/other:1!'])
    expect(places('r.io/team/app:1')).toEqual(['tags.io/t/app:1', 'any.io/app:1', 'elsewhere.io:5000/x/app:1'])
    expect(places(`r.io/team/app@${digest}`)).toEqual([
      `digests.io/d/app@${digest}!`,
      `any.io/app@${digest}`,
      `elsewhere.io:5000/x/app@${digest}`,
    ])
    expect(places('r.io/teams/app:1')).toEqual(['r.io/teams/app:1!'])
    expect(places('a.example.com:5000/x:1')).toEqual(['a.example.com:5000/x:1!'])
    expect(places('example.com/x:1')).toEqual(['example.com/x:1'])
    expect(formatReference(pushEndpoint(conf(), parseReference('r.io/team/app:1')).reference)).toBe(
      'elsewhere.io:5000/x/app:1',
    )
    expect(() => places('blocked.io/x/y:1')).toThrow(/registry blocked.io\/x is blocked in/)
    expect(places('blocked.io/y:1')).toEqual(['blocked.io/y:1'])
  })

  it("is the user's instead of the system's, and drop-ins add to it", () => {
    write('etc/containers/registries.conf', 'unqualified-search-registries = ["system.io"]')
    write('etc/containers/registries.conf.d/10.conf', '[aliases]\n"nick" = "a.io/nick"\n"gone" = "a.io/gone"')
    expect(conf().searchRegistries).toEqual(['system.io'])
    write('home/.config/containers/registries.conf', 'unqualified-search-registries = ["own.io", "b.io"]')
    write('home/.config/containers/registries.conf.d/20.conf', '[aliases]\n"gone" = ""')
    expect(conf().searchRegistries).toEqual(['own.io', 'b.io'])
    expect(Object.entries(conf().aliases).map(([name, {target}]) => [name, target])).toEqual([
      ['nick', 'a.io/nick'],
      ['gone', ''],
    ])
    const named = join(root, 'named.conf')
    write('named.conf', 'unqualified-search-registries = ["named.io"]')
    expect(loadRegistriesConf(environment({CONTAINERS_REGISTRIES_CONF: named})).searchRegistries).toEqual(['named.io'])
  })
})

describe('certificates of a registry', () => {
  it('lie in the first directory of its host and port', () => {
    const load = (given?: string) => loadCertificates(environment(), 'r.io:5000', given)
    expect(load()).toEqual({ca: []})
    write('etc/docker/certs.d/r.io:5000/ca.crt', 'docker')
    expect(load().ca).toEqual(['docker'])
    write('etc/containers/certs.d/r.io:5000/ca.crt', 'system')
    write('etc/containers/certs.d/r.io/ca.crt', 'other port')
    expect(load().ca).toEqual(['system'])
    write('home/.config/containers/certs.d/r.io:5000/b.crt', 'second')
    write('home/.config/containers/certs.d/r.io:5000/a.crt', 'first')
    expect(load().ca).toEqual(['first', 'second'])
    write('given/ca.crt', 'given')
    expect(load(join(root, 'given')).ca).toEqual(['given'])
  })

  it('need the key of a client certificate', () => {
    write('given/client.cert', 'certificate')
    const load = () => loadCertificates(environment(), 'r.io', join(root, 'given'))
    expect(load).toThrow('missing key client.key for client certificate client.cert')
    write('given/client.key', 'key')
    expect(load()).toEqual({ca: [], cert: 'certificate', key: 'key'})
  })
})
