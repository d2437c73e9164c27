import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {appendFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon')

async function withImage(): Promise<TestEngine> {
  const berth = openBerth()
  await berth.output('load', '-q', '-i', await busyboxArchive())
  return berth
}

const lines = (text: string) => text.split('\n').filter(Boolean)
const check = async (berth: TestEngine, ...options: readonly string[]) => {
  const {exitCode, stdout} = await berth.run(['system', 'check', ...options])
  return {exitCode, found: lines(stdout)}
}
const sound = {exitCode: 0, found: []}

/** Where the storage keeps the content of its only layer. */
function onlyLayer(berth: TestEngine): string {
  const committed = join(berth.root, 'storage/overlay/committed')
  const [layer, ...others] = readdirSync(committed)
  if (layer === undefined || others.length > 0) throw new Error(`not one layer: ${[layer, ...others]}`)
  return join(committed, layer, 'diff')
}

describe.skipIf(missing)('system check', () => {
  it('finds a layer without a container, which `ps --external` shows, and removes it', async () => {
    await using berth = await withImage()
    const id = await berth.output('create', '--network', 'none', '--name', 'lost', 'busybox', 'true')
    await berth.output('create', '--network', 'none', '--name', 'kept', 'busybox', 'true')
    expect(await check(berth)).toEqual(sound)
    rmSync(join(berth.root, 'libpod/containers', id), {recursive: true})
    const format = ['--format', '{{.ID}}|{{.Image}}|{{.Command}}|{{.Status}}|{{.Names}}']
    expect(lines(await berth.output('ps', '-a', ...format))).toHaveLength(1)
    expect(lines(await berth.output('ps', '--external', ...format))).toEqual([
      `${id.slice(0, 12)}|localhost/busybox:latest|storage|Storage|unknown`,
    ])
    const found = ['name lost: belongs to no container or pod', `layer ${id}: belongs to no container`]
    expect(await check(berth)).toEqual({exitCode: 125, found})
    expect(await check(berth, '--repair')).toEqual({exitCode: 0, found: found.map((line) => `${line} (repaired)`)})
    expect(await check(berth)).toEqual(sound)
    expect(await berth.output('ps', '-aq', '--external')).toHaveLength(12)
  })

  it('finds layers that no image has once they are older than --max', async () => {
    await using berth = await withImage()
    const layer = await berth.output('image', 'inspect', '--format', '{{index .RootFS.Layers 0}}', 'busybox')
    renameSync(join(berth.root, 'images/index.json'), join(berth.directory, 'index.json'))
    expect(await berth.output('images', '-q')).toBe('')
    expect(await check(berth)).toEqual(sound)
    expect(await check(berth, '--max', '0s')).toEqual({exitCode: 125, found: [`${layer}: belongs to no image`]})
    expect(await check(berth, '-r', '-m', '1ms')).toEqual({
      exitCode: 0,
      found: [`${layer}: belongs to no image (repaired)`],
    })
    expect(await check(berth, '-m', '0s')).toEqual(sound)
  })

  it('finds changed content, and with --force removes what lies on it', async () => {
    await using berth = await withImage()
    await berth.output('create', '--network', 'none', '--name', 'on', 'busybox', 'true')
    const layer = onlyLayer(berth)
    const [file] = readdirSync(join(layer, 'etc'))
    appendFileSync(join(layer, 'etc', file ?? ''), 'damage\n')
    expect(await check(berth, '--quick')).toEqual(sound)
    expect(await check(berth)).toMatchObject({
      exitCode: 125,
      found: [expect.stringMatching(/^sha256:.* is longer than it was: digest does not match$/)],
    })
    expect((await check(berth, '--repair')).exitCode).toBe(125)
    expect((await check(berth, '--repair', '--force')).exitCode).toBe(0)
    expect(await check(berth)).toEqual(sound)
    expect(await berth.output('ps', '-aq')).toBe('')
    await berth.output('load', '-q', '-i', await busyboxArchive())
    expect(await berth.output('run', '--rm', '--network', 'none', 'busybox', 'echo', 'whole')).toBe('whole')
  })
})

describe.skipIf(missing)('where output goes', () => {
  it('is a file with --out and nowhere with --noout', async () => {
    await using berth = await withImage()
    const file = join(berth.directory, 'out')
    const run = ['run', '--rm', '--network', 'none', 'busybox', 'sh', '-c', 'echo out; echo err >&2']
    expect(await berth.run(['--out', file, ...run])).toMatchObject({exitCode: 0, stdout: '', stderr: 'err\n'})
    expect(readFileSync(file, 'utf8')).toBe('out\n')
    expect(await berth.run(['--noout', ...run])).toMatchObject({exitCode: 0, stdout: '', stderr: 'err\n'})
  })
})

describe.skipIf(missing)('system prune and reset', () => {
  it('prune removes what nobody uses, with the filters it was given', async () => {
    await using berth = await withImage()
    const make = (name: string, ...options: readonly string[]) =>
      berth.output('create', '--network', 'none', '--name', name, ...options, 'busybox', 'true')
    await make('plain')
    await make('labelled', '--label', 'keep=yes')
    await berth.output('volume', 'create', 'unused')
    await berth.output('commit', '-q', 'plain')
    expect((await berth.run(['system', 'prune'], {input: 'n\n'})).exitCode).toBe(0)
    expect(lines(await berth.output('ps', '-aq'))).toHaveLength(2)
    await berth.output('system', 'prune', '-f', '--filter', 'label!=keep=yes')
    expect(await berth.output('ps', '-a', '--format', '{{.Names}}')).toBe('labelled')
    expect(await berth.output('volume', 'ls', '-q')).toBe('unused')
    await berth.output('system', 'prune', '-f', '--volumes', '--all')
    expect(await berth.output('ps', '-aq')).toBe('')
    expect(await berth.output('volume', 'ls', '-q')).toBe('')
    expect(await berth.output('images', '-aq')).toBe('')
  })

  it('reset leaves no container, image, volume or file', async () => {
    await using berth = await withImage()
    await berth.output('run', '-d', '--network', 'none', 'busybox', 'sleep', '1000')
    await berth.output('volume', 'create', 'v')
    await berth.output('system', 'reset', '--force')
    for (const args of [
      ['ps', '-aq'],
      ['images', '-q'],
      ['volume', 'ls', '-q'],
    ])
      expect(await berth.output(...args)).toBe('')
    expect(existsSync(join(berth.root, 'storage/overlay/committed'))).toBe(false)
  })
})

describe.skipIf(missing)('events', () => {
  // podman 4.3 answers these by chance: its reader and its error race for who is heard first.
  it('refuses times and filters that are none, also when nothing has happened', async () => {
    await using berth = openBerth()
    const refused = async (...words: readonly string[]) => {
      const {exitCode, stderr} = await berth.run(['events', '--stream=false', ...words])
      expect(exitCode, words.join(' ')).toBe(125)
      return stderr
    }
    expect(await refused('--filter', 'nosuch=1')).toContain('nosuch is an invalid filter')
    expect(await refused('--filter', 'bad')).toContain('bad')
    for (const option of ['--since', '--until']) expect(await refused(option, 'nosuch')).toContain('nosuch')
  })
})

describe.skipIf(missing)('what only shows what happens', () => {
  it.each([
    ['SIGINT', 1],
    ['SIGTERM', 0],
  ] as const)('ends with podman’s exit code after %s', async (signal, exitCode) => {
    await using berth = await withImage()
    await berth.output('run', '-d', '--name', 'box', '--network', 'none', 'busybox', 'sh', '-c', 'echo up; sleep 1000')
    for (const words of [
      ['logs', '-f', 'box'],
      ['events', '--since', '1h'],
      ['stats', 'box'],
    ]) {
      const [program, ...args] = berth.commandLine(words)
      const child = spawn(program, args, {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: {...process.env, ...berth.setup.env},
      })
      const ended = once(child, 'exit')
      await once(child.stdout, 'data')
      child.kill(signal)
      expect(await ended, words.join(' ')).toEqual([exitCode, null])
    }
  })
})
