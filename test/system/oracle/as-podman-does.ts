import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {CommandResult} from '../../helpers/command.ts'
import {openBerth, type TestEngine} from '../../helpers/engine.ts'
import {type HostNetwork, openHostNetwork} from '../../helpers/host-network.ts'
import {busyboxArchive} from '../../helpers/images.ts'
import {openPodman} from '../../helpers/podman.ts'
import {missingPrerequisite} from '../../helpers/prerequisites.ts'
import {normalize, shapeDifferences, valueDifferences} from './normalize.ts'
import {type Area, type Case, caseFiles, readScenarios, type Stream} from './read-cases.ts'

const missing = missingPrerequisite('root', 'program:podman', 'program:runc', 'program:conmon', 'program:ip')
/** Files whose commands make networks: each engine then has a network of its own, with the same addresses. */
const networked = new Set(['networks/networks', 'networks/ports'])

/** Every command line of an area runs with podman and with Berth, each on a store of its own with the same image. */
export function describeAsPodmanDoes(area: Area): void {
  describe.skipIf(missing).each(caseFiles(area))('as podman does: %s', compareFile)
}

function compareFile(file: string): void {
  let engines: readonly [podman: TestEngine, berth: TestEngine]
  let hosts: readonly HostNetwork[] = []

  beforeAll(async () => {
    if (networked.has(file)) hosts = await Promise.all([openHostNetwork(), openHostNetwork()])
    const [theirs, ours] = hosts
    const podman = openPodman(theirs ? {host: theirs} : {networkMode: 'none'})
    engines = [podman, openBerth({env: podman.setup.env, host: ours})]
    for (const {directory} of engines) writeFileSync(join(directory, 'word'), 'hidden\n')
    await onBoth(engines, async (engine) => engine.output('load', '-q', '-i', await busyboxArchive()))
  })

  afterAll(async () => {
    const [podman, berth] = engines
    // Berth reads podman's configuration file, which goes with podman.
    await berth[Symbol.asyncDispose]()
    await podman[Symbol.asyncDispose]()
    for (const host of hosts) await host[Symbol.asyncDispose]()
  })

  describe.each(readScenarios(file).map((scenario) => [scenario.title, scenario.cases] as const))('%s', (_, cases) => {
    beforeAll(() => onBoth(engines, removeAll))

    test.each(cases.map((each) => [each.line, each] as const))('%s', {timeout: 90_000}, async (_, each) => {
      const [theirs, ours] = await onBoth(engines, (engine) => observe(engine, each))
      for (const stream of ['exit code', 'stdout', 'stderr'] as const) compare(each, stream, theirs, ours)
    })
  })
}

async function removeAll(engine: TestEngine): Promise<void> {
  await engine.run(['rm', '-fa', '-t', '0'])
  await engine.run(['network', 'prune', '-f'])
}

type Observation = Record<Stream, string>

async function observe(engine: TestEngine, {args, input, json, values, unordered}: Case): Promise<Observation> {
  const words = args.map((arg) => arg.replaceAll('$IMAGE', 'localhost/busybox').replaceAll('$DIR', engine.directory))
  const result = await engine.run(words, {input, timeoutMs: 60_000})
  return {
    'exit code': String(result.exitCode),
    stdout: json && !values ? result.stdout : inOrder(printable(result, engine), unordered),
    stderr: normalize(result.stderr, engine.directory),
  }
}

function inOrder(text: string, unordered: boolean): string {
  return unordered ? text.split('\n').toSorted().join('\n') : text
}

/** Bytes that are no text stay distinguishable. */
function printable(result: CommandResult, engine: TestEngine): string {
  return normalize(result.stdoutBytes.toString('latin1'), engine.directory)
}

function compare({json, values, differs}: Case, stream: Stream, theirs: Observation, ours: Observation): void {
  const reason = differs.get(stream)
  if (reason) expect(ours[stream], `no longer differs from podman: ${reason}`).not.toBe(theirs[stream])
  else if (json && stream === 'stdout')
    expect((values ? valueDifferences : shapeDifferences)(parsed(theirs), parsed(ours))).toEqual([])
  else expect(ours[stream], `${stream}\npodman: ${show(theirs)}\nberth:  ${show(ours)}\n`).toBe(theirs[stream])
}

function show(seen: Observation): string {
  return `${JSON.stringify(seen.stdout)}, ${JSON.stringify(seen.stderr)}, exit code ${seen['exit code']}`
}

function parsed(seen: Observation): unknown {
  try {
    return JSON.parse(seen.stdout)
  } catch (cause) {
    throw new Error(`no JSON: ${show(seen)}`, {cause})
  }
}

function onBoth<T>(engines: readonly [TestEngine, TestEngine], action: (engine: TestEngine) => Promise<T>) {
  return Promise.all([action(engines[0]), action(engines[1])] as const)
}
