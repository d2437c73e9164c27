import {existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {openBerth, type TestEngine} from '../../helpers/engine.ts'
import {busyboxArchive} from '../../helpers/images.ts'
import {openPodman} from '../../helpers/podman.ts'
import {openRegistry, type TestRegistry} from '../../helpers/registry.ts'
import {openTerminal} from '../../helpers/terminal.ts'
import {listen} from './token-server.ts'

let registry: TestRegistry
let other: TestRegistry
let berth: TestEngine
let podman: TestEngine

beforeAll(async () => {
  registry = await openRegistry()
  other = await openRegistry()
  berth = openBerth()
  podman = openPodman()
  await podman.output('load', '-q', '-i', await busyboxArchive())
  for (const {host} of [registry, other])
    for (const name of ['asked:1', 'asked:2', 'team/asked:1'])
      await podman.output('push', '-q', '--tls-verify=false', 'busybox', `${host}/${name}`)
})

afterAll(async () => {
  for (const one of [berth, podman, registry, other]) await one[Symbol.asyncDispose]()
})

/** Where root's answers are remembered, ours and podman's; no option moves it. */
const ALIASES = '/var/cache/containers/short-name-aliases.conf'

/** Puts back what was remembered before. */
function keepAliases(): Disposable {
  const before = existsSync(ALIASES) ? readFileSync(ALIASES) : undefined
  rmSync(ALIASES, {force: true})
  return {[Symbol.dispose]: () => (before ? writeFileSync(ALIASES, before) : rmSync(ALIASES, {force: true}))}
}

/** registries.conf with these search registries, all insecure. */
function configuration(hosts: readonly string[], mode = 'enforcing'): Readonly<Record<string, string>> {
  const path = join(berth.directory, 'registries.conf')
  const entries = hosts.map((host) => `[[registry]]\nlocation = "${host}"\ninsecure = true\n`)
  const search = `unqualified-search-registries = ${JSON.stringify(hosts)}\nshort-name-mode = "${mode}"\n`
  writeFileSync(path, search + entries.join(''))
  mkdirSync(join(berth.directory, 'home'), {recursive: true})
  return {CONTAINERS_REGISTRIES_CONF: path, HOME: join(berth.directory, 'home')}
}

describe('a short name of several registries', () => {
  it('is asked about on a terminal, and refused or tried in order elsewhere', async () => {
    using _ = keepAliases()
    const hosts = [registry.host, other.host]
    const refused = await berth.run(['pull', '-q', 'asked:1'], {env: configuration(hosts)})
    expect([refused.exitCode, refused.stderr]).toEqual([
      125,
      'Error: short-name resolution enforced but cannot prompt without a TTY\n',
    ])
    const tried = await berth.run(['pull', '-q', 'asked:1'], {env: configuration(hosts, 'permissive')})
    expect(tried.exitCode).toBe(0)
    expect(await berth.output('images', '--format', '{{.Repository}}:{{.Tag}}')).toBe(`${registry.host}/asked:1`)

    const {program, globalArgs, env} = berth.setup
    await using terminal = openTerminal(program, [...globalArgs, 'pull', 'asked:2'], {
      env: {...env, ...configuration(hosts)},
      columns: 120,
    })
    await terminal.waitFor(/Please select an image:[\s\S]*2\) \S+\/asked:2/)
    terminal.type('2\r')
    expect(await terminal.exitCode).toBe(0)
    expect(terminal.screen).toMatch(/Copying blob [0-9a-f]{12} (done|skipped: already exists)/)
    expect(await berth.output('images', '--format', '{{.Repository}}:{{.Tag}}')).toContain(`${other.host}/asked:2`)
  })
})

describe('a short name of an image that is here as localhost/…', () => {
  it('is pulled as that', async () => {
    await berth.output('load', '-q', '-i', await busyboxArchive())
    const {stderr, exitCode} = await berth.run(['pull', '--retry', '0', 'busybox'], {
      env: configuration([registry.host]),
    })
    expect(stderr).toMatch(/^Trying to pull localhost\/busybox:latest\.\.\.\nError: /)
    expect(exitCode).toBe(125)
    await berth.output('rmi', 'localhost/busybox')
  })
})

describe('search', () => {
  it('goes through the catalog of a registry that has no index, as podman does', async () => {
    const term = `${registry.host}/asked`
    const answers = []
    for (const engine of [berth, podman]) {
      const found = await engine.output('search', '--tls-verify=false', '--format', '{{.Name}}', term)
      const tags = await engine.output('search', '--tls-verify=false', '--list-tags', term)
      answers.push([found.split('\n').sort(), tags.split('\n').sort()])
    }
    expect(answers[0]?.[0]).toEqual([`${registry.host}/asked`, `${registry.host}/team/asked`])
    expect(answers[0]?.[1]).toHaveLength(3)
    expect(answers[0]).toEqual(answers[1])
  })

  it('asks every search registry, is content with one that answers, and finds nothing without any', async () => {
    for (const hosts of [[registry.host, other.host], [registry.host, '127.0.0.1:1'], []]) {
      const answers = []
      for (const engine of [podman, berth]) {
        const env = configuration(hosts)
        const found = await engine.run(['search', '--format', '{{.Name}}', 'asked'], {env})
        const tags = await engine.run(['search', '--list-tags', 'asked'], {env})
        const none = await engine.run(['search', '--format', 'json', 'nosuch'], {env})
        answers.push([found, tags, none].map(({exitCode, stdout}) => [exitCode, stdout.split('\n').sort()]))
      }
      expect(answers[1]).toEqual(answers[0])
      expect(answers[0]?.slice(0, 2).map(([exitCode]) => exitCode)).toEqual([0, 0])
    }
  })

  it('reads the answers of an index as podman does', async () => {
    const results = [
      {name: 'one', description: 'd'.repeat(60), star_count: 7, is_official: true, is_automated: false},
      {name: 'team/two', description: '', star_count: 0, is_official: false, is_automated: true},
    ]
    await using index = await listen((request, response) => {
      const url = new URL(request.url ?? '', 'http://index')
      const isSearch = url.pathname === '/v1/search' && url.searchParams.get('q') === 'thing'
      if (url.pathname === '/v2/') response.end('{}')
      else if (!isSearch) response.writeHead(404).end()
      else response.end(JSON.stringify({num_results: 2, query: 'thing', results}))
    })
    const term = `${index.host}/thing`
    for (const args of [
      [term],
      ['--no-trunc', term],
      ['--compatible', term],
      ['--filter', 'stars=5', term],
      ['--filter', 'is-official', term],
      ['--limit', '1', term],
      ['--format', '{{.Index}} {{.Name}} {{.Stars}} {{.Official}} {{.Automated}}', term],
    ]) {
      const [ours, theirs] = [
        await berth.run(['search', '--tls-verify=false', ...args]),
        await podman.run(['search', '--tls-verify=false', ...args]),
      ]
      expect([args, ours.exitCode, ours.stdout, ours.stderr]).toEqual([
        args,
        theirs.exitCode,
        theirs.stdout,
        theirs.stderr,
      ])
    }
  })
})
