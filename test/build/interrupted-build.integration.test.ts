import {spawn} from 'node:child_process'
import {existsSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {waitUntil} from '../helpers/wait-until.ts'

let berth: TestEngine
let counter = 0
beforeAll(async () => {
  berth = openBerth()
  mkdirSync(join(berth.directory, 'tmp'), {recursive: true})
  await berth.output('load', '-q', '-i', await busyboxArchive())
})
afterAll(() => berth[Symbol.asyncDispose]())

/** The last step takes a minute the first time, and no time afterwards. */
function makeContext(): string {
  const directory = join(berth.directory, `context-${counter++}`)
  mkdirSync(directory)
  const lines = [
    'FROM busybox',
    `RUN echo ${directory} > /first`,
    `RUN --mount=type=cache,id=${directory},target=/c --mount=type=secret,id=word test -e /c/started || { touch /c/started; sleep 60; }`,
  ]
  writeFileSync(join(directory, 'Containerfile'), `${lines.join('\n')}\n`)
  writeFileSync(join(directory, 'word'), 'secret')
  return directory
}

/** One for each context whose last step has begun. */
function startedSteps(): readonly unknown[] {
  const caches = join(berth.directory, 'root/build-cache')
  if (!existsSync(caches)) return []
  return readdirSync(caches, {recursive: true}).filter((name) => /\/started$/.test(String(name)))
}

const temporaryFiles = () => readdirSync(join(berth.directory, 'tmp'))
const containers = () => berth.output('ps', '-a', '--external', '-q')
const args = (directory: string) => [
  ...['build', '--layers', '--network', 'none', '--secret', `id=word,src=${join(directory, 'word')}`, directory],
]

/** Ends a build in its last step. */
async function interrupt(directory: string, signal: NodeJS.Signals): Promise<{code: number | null; tookMs: number}> {
  const [program, ...words] = berth.commandLine(args(directory))
  const env = {...process.env, TMPDIR: join(berth.directory, 'tmp')}
  const child = spawn(program, words, {env, stdio: 'ignore'})
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  await waitUntil(
    'the last step runs',
    async () => startedSteps().length === counter && (await berth.output('ps', '-q')) !== '',
    {timeoutMs: 60_000},
  )
  // its command too: what started the container may still be busy with it
  await new Promise((resolve) => setTimeout(resolve, 500))
  const begun = Date.now()
  child.kill(signal)
  return {code: await ended, tookMs: Date.now() - begun}
}

async function expectResumed(directory: string): Promise<void> {
  const {exitCode, stdout, stderr} = await berth.run(args(directory), {env: {TMPDIR: join(berth.directory, 'tmp')}})
  expect(exitCode, stderr).toBe(0)
  expect(stdout.match(/Using cache/g)).toHaveLength(1)
  expect(await containers()).toBe('')
  expect(temporaryFiles()).toEqual([])
}

describe('a build that is interrupted', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('by %s leaves nothing, and the next goes on', async (signal, code) => {
    const directory = makeContext()
    const outcome = await interrupt(directory, signal)
    expect(outcome.code).toBe(code)
    expect(outcome.tookMs).toBeLessThan(10_000)
    expect(await containers()).toBe('')
    expect(temporaryFiles()).toEqual([])
    await expectResumed(directory)
  })

  it('by kill -9 leaves nothing after the next build, which goes on', async () => {
    const directory = makeContext()
    await interrupt(directory, 'SIGKILL')
    expect(await containers()).not.toBe('')
    await expectResumed(directory)
  })

  it('takes along what needs each other, as the steps in one machine do', async () => {
    const directory = join(berth.directory, 'dependents')
    mkdirSync(directory)
    writeFileSync(join(directory, 'Containerfile'), 'FROM busybox\nRUN true\n')
    // Whose process is long gone.
    const label = ['--label', 'io.berth.build=1 1']
    for (const pair of ['one', 'two', 'three', 'four']) {
      await berth.output('create', ...label, '--network', 'none', '--name', pair, 'busybox')
      await berth.output('create', ...label, '--network', `container:${pair}`, 'busybox')
    }
    await berth.output('build', '-q', '--network', 'none', directory)
    expect(await containers()).toBe('')
  })
})
