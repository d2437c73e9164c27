import {spawn} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync} from 'node:fs'
import {constants} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {outputOf} from '../helpers/command.ts'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {openRegistry, type TestRegistry} from '../helpers/registry.ts'
import {waitUntil} from '../helpers/wait-until.ts'
import {forward, listen} from './registry/token-server.ts'

const SIZE = 6 * 1024 * 1024
const plain = '--tls-verify=false'
let registry: TestRegistry
/** Has the image. */
let source: TestEngine
let archive: string

beforeAll(async () => {
  registry = await openRegistry()
  source = openBerth()
  writeFileSync(join(source.directory, 'content'), randomBytes(SIZE))
  await outputOf('tar', ['-C', source.directory, '-cf', join(source.directory, 'content.tar'), 'content'])
  await source.output('import', '-q', join(source.directory, 'content.tar'), 'localhost/big')
  archive = join(source.directory, 'big.tar')
  await source.output('save', '-q', '-o', archive, 'localhost/big')
  await source.output('push', '-q', plain, 'localhost/big', `${registry.host}/big:1`)
})
afterAll(async () => {
  await source?.[Symbol.asyncDispose]()
  await registry?.[Symbol.asyncDispose]()
})

/** The registry, whose blobs stop half way in either direction. */
async function stuckRegistry() {
  let stuck = 0
  const server = await listen(async (request, response) => {
    const isBlob = /\/blobs\/(sha256|uploads\/.)/.test(request.url ?? '') && request.method !== 'HEAD'
    if (!isBlob) return forward(registry.host, request, response)
    if (request.method === 'GET')
      return forward(registry.host, request, response, {
        chunk: (chunk, offset) => {
          if (offset + chunk.length <= SIZE / 2) return chunk
          stuck++
          return Buffer.alloc(0)
        },
      })
    for await (const _ of request.take(2)) stuck++
    await new Promise(() => {})
  })
  return {...server, isStuck: () => stuck > 0}
}

/** Runs a command until it is in the middle of its copy, and ends it there. */
async function interrupt(
  engine: TestEngine,
  args: readonly string[],
  options: {readonly signal: NodeJS.Signals; readonly input?: Buffer; isHalfWay(pid: number): boolean},
) {
  const temporary = join(engine.directory, 'tmp')
  mkdirSync(temporary, {recursive: true})
  const [program, ...words] = engine.commandLine(args)
  const child = spawn(program, words, {
    env: {...process.env, ...engine.setup.env, TMPDIR: temporary},
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  child.stdin.on('error', () => {})
  if (options.input) child.stdin.write(options.input)
  // As a shell says it, whether the command ended by itself or was ended
  const ended = new Promise<number>((resolve) =>
    child.once('exit', (exitCode, killed) => resolve(exitCode ?? 128 + constants.signals[killed ?? 'SIGABRT'])),
  )
  await waitUntil('the copy is half way', () => options.isHalfWay(child.pid as number), {describe: () => stderr})
  const begun = Date.now()
  child.kill(options.signal)
  return {code: await ended, tookMs: Date.now() - begun, left: readdirSync(temporary), stderr}
}

/** What comes through a pipe is kept in a file without a name. */
function hasSpool(pid: number): boolean {
  const directory = `/proc/${pid}/fd`
  return readdirSync(directory).some((name) => readTarget(join(directory, name)).includes('berth-spool'))
}

function readTarget(link: string): string {
  try {
    return readlinkSync(link)
  } catch {
    // closed meanwhile
    return ''
  }
}

const signals = [
  ['SIGINT', 130],
  ['SIGHUP', 129],
  ['SIGKILL', 137],
] as const

describe.each(signals)('after %s in the middle', (signal, code) => {
  /** Nothing is seen of it, and what is done next does not stumble over it. */
  async function expectNothing(engine: TestEngine, outcome: Awaited<ReturnType<typeof interrupt>>): Promise<void> {
    expect(outcome).toMatchObject({code, left: []})
    expect(outcome.tookMs).toBeLessThan(3000)
    expect(await engine.output('images', '-aq')).toBe('')
  }

  async function expectSound(engine: TestEngine): Promise<void> {
    expect(await engine.output('images', '-q')).toMatch(/^[0-9a-f]{12}$/)
    expect(await engine.run(['system', 'check'])).toMatchObject({exitCode: 0, stdout: ''})
  }

  it('of a pull nothing is left, and the next one works', async () => {
    await using engine = openBerth()
    const proxy = await stuckRegistry()
    await using _ = proxy
    const args = ['pull', '-q', plain, `${proxy.host}/big:1`]
    await expectNothing(engine, await interrupt(engine, args, {signal, isHalfWay: proxy.isStuck}))
    await engine.output('pull', '-q', plain, `${registry.host}/big:1`)
    await expectSound(engine)
  })

  it('of a push the registry has no image, and the next one works', async () => {
    const proxy = await stuckRegistry()
    await using _ = proxy
    const name = `pushed-${signal.toLowerCase()}`
    const args = ['push', '-q', plain, 'localhost/big', `${proxy.host}/${name}:1`]
    const outcome = await interrupt(source, args, {signal, isHalfWay: proxy.isStuck})
    expect(outcome).toMatchObject({code, left: []})
    expect(outcome.tookMs).toBeLessThan(3000)
    expect((await source.run(['search', plain, '--list-tags', `${registry.host}/${name}`])).exitCode).toBe(125)
    await source.output('push', '-q', plain, 'localhost/big', `${registry.host}/${name}:1`)
    expect(await source.run(['system', 'check'])).toMatchObject({exitCode: 0, stdout: ''})
  })

  it('of a load nothing is left, and the next one works', async () => {
    await using engine = openBerth()
    const input = readFileSync(archive).subarray(0, SIZE / 2)
    await expectNothing(engine, await interrupt(engine, ['load', '-q'], {signal, input, isHalfWay: hasSpool}))
    await engine.output('load', '-q', '-i', archive)
    await expectSound(engine)
  })
})
