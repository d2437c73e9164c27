import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {requireSuccess, runCommand} from '../helpers/command.ts'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {openPodman} from '../helpers/podman.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {listTree} from '../helpers/tree.ts'
import {type CorpusCase, corpusCases} from './corpus-cases.ts'
import {type CorpusContext, makeCorpusContext} from './corpus-context.ts'

const missing = missingPrerequisite('root', 'program:buildah', 'program:podman', 'program:zstd')
const cases = corpusCases()
const timesBefore = new Date('2010-01-01')

let berth: TestEngine
let podman: TestEngine
let context: CorpusContext
beforeAll(async () => {
  if (missing) return
  berth = openBerth()
  podman = openPodman()
  const directory = join(berth.directory, 'corpus')
  for (const path of [directory, join(directory, 'berth'), join(directory, 'buildah')]) mkdirSync(path)
  context = await makeCorpusContext(directory)
  const archive = await busyboxArchive()
  await Promise.all([berth, podman].map((engine) => engine.output('load', '-q', '-i', archive)))
})
afterAll(async () => {
  await context?.[Symbol.asyncDispose]()
  await berth?.[Symbol.asyncDispose]()
  await podman?.[Symbol.asyncDispose]()
})

describe.skipIf(missing)('corpus of Containerfiles, built by Berth and by buildah', {concurrent: true}, () => {
  it('holds at least 60', () => expect(cases.length).toBeGreaterThanOrEqual(60))

  it.each(cases)('$name', async (one) => {
    const [ours, theirs] = await Promise.all([builtByBerth(one), builtByBuildah(one)])
    const differing = differences(ours, theirs)
    expect(
      differing.filter(({key}) => !one.differences.has(key)),
      'differs without a reason',
    ).toEqual([])
    const seen = new Set(differing.map(({key}) => key))
    expect(
      [...one.differences.keys()].filter((key) => !seen.has(key)),
      'no longer differs',
    ).toEqual([])
  })
})

/** Paths and fields of the configuration with what they hold. */
type Facts = ReadonlyMap<string, string>

interface Difference {
  readonly key: string
  readonly berth: string | undefined
  readonly buildah: string | undefined
}

function differences(ours: Facts, theirs: Facts): readonly Difference[] {
  const keys = [...new Set([...ours.keys(), ...theirs.keys()])].sort()
  return keys
    .map((key) => ({key, berth: ours.get(key), buildah: theirs.get(key)}))
    .filter((pair) => pair.berth !== pair.buildah && !isMountTarget(pair) && !isTimeOfParent(pair))
}

const mountTargets = new Set([
  ...['/dev', '/etc', '/etc/hostname', '/etc/hosts', '/etc/resolv.conf', '/proc', '/run', '/run/buildkit'],
  ...['/run/secrets', '/sys'],
])

/** Empty files and directories that buildah keeps when it made them only to mount something there; Berth takes them out. */
function isMountTarget({key, berth: ours, buildah}: Difference): boolean {
  return mountTargets.has(key) && ours === undefined && / \| (directory|file 0 \w+) \| new$/.test(buildah ?? '')
}

/** The directory that such a target was made in is as new as it. */
function isTimeOfParent({key, berth: ours, buildah}: Difference): boolean {
  const withoutTime = (text = '') => text.slice(0, text.lastIndexOf(' | '))
  return ['/etc', '/run'].includes(key) && withoutTime(ours) === withoutTime(buildah)
}

async function builtByBerth({name, text, options, context: from}: CorpusCase): Promise<Facts> {
  const tag = `ours-${name}`
  const words = await filledIn(options, berth)
  const file = await written('berth', name, text, berth)
  const command = ['build', '--network', 'host', '-t', tag, '-f', file, ...words, join(context.directory, from)]
  requireSuccess(await berth.run(command, environment))
  return factsOf(berth, tag)
}

async function builtByBuildah({name, equivalent, buildahOptions, context: from}: CorpusCase): Promise<Facts> {
  const tag = `theirs-${name}`
  const words = await filledIn(buildahOptions, podman)
  const file = await written('buildah', name, equivalent, podman)
  const store = ['--root', podman.root, '--runroot', podman.runRoot]
  const how = ['bud', '--isolation', 'chroot', '--network', 'host', '-t', tag, '-f', file]
  const env = {...environment.env, TMPDIR: podman.directory}
  requireSuccess(await runCommand('buildah', [...store, ...how, ...words, join(context.directory, from)], {env}))
  return factsOf(podman, tag)
}

const environment = {env: {CORPUS_SECRET: 'from the environment', WITHOUT: 'from outside'}}

async function written(program: string, name: string, text: string, engine: TestEngine): Promise<string> {
  const path = join(context.directory, program, `${name}.containerfile`)
  writeFileSync(path, (await filledIn([text], engine))[0] ?? '')
  return path
}

/** Places for what is only known now. */
async function filledIn(words: readonly string[], engine: TestEngine): Promise<readonly string[]> {
  const digest = words.some((word) => word.includes('{digest}'))
    ? await engine.output('image', 'inspect', '--format', '{{.Digest}}', 'busybox')
    : ''
  const values: Readonly<Record<string, string>> = {dir: context.directory, url: context.url, sum: context.sum, digest}
  return words.map((word) => word.replace(/\{(dir|url|sum|digest)\}/g, (_, key: string) => values[key] ?? ''))
}

async function factsOf(engine: TestEngine, image: string): Promise<Facts> {
  const [inspected] = JSON.parse(await engine.output('image', 'inspect', image))
  const {'io.buildah.version': _, ...labels} = inspected.Config.Labels ?? {}
  const config = {...inspected.Config, Labels: labels}
  const others = {Author: inspected.Author, Architecture: inspected.Architecture, Os: inspected.Os}
  const facts = Object.entries({...config, ...others})
    .filter(([, value]) => !isEmpty(value))
    .map(([key, value]) => [key, JSON.stringify(sorted(value))] as const)
  return new Map([...facts, ...(await treeOf(engine, image))])
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)
}

/** The order of keys says nothing. */
function sorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

async function treeOf(engine: TestEngine, image: string): Promise<readonly (readonly [string, string])[]> {
  if ((await engine.output('image', 'inspect', '--format', '{{len .RootFS.Layers}}', image)) === '0') return []
  const root = (await engine.output('image', 'mount', image)).split(/\s+/).at(-1) ?? ''
  try {
    return listTree(root, {timesBefore}).map((line) => [line.split(' | ', 1)[0] ?? '', line] as const)
  } finally {
    await engine.output('image', 'unmount', image)
  }
}
