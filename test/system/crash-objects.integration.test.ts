import {readdirSync, rmdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {cgroupHierarchies} from '../../src/host/index.ts'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {generator, KillMoments, runAndKill} from '../helpers/kill-at-random.ts'
import {findLeaks, processesUsing} from '../helpers/leaks.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {waitUntil} from '../helpers/wait-until.ts'

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon')
const rounds = Number(process.env.BERTH_CRASH_ROUNDS ?? 60)
const seed = Number(process.env.BERTH_CRASH_SEED ?? Date.now() % 1_000_000)

type Kind = 'pod' | 'secret' | 'volume'

interface Operation {
  readonly kind: Kind | 'anonymous'
  readonly name: string
  readonly makes: boolean
  readonly args: readonly string[]
  /** About twice what the command takes. */
  readonly durationMs: number
}

describe.skipIf(missing)('kill -9 of commands on volumes, secrets and pods', () => {
  test(`${rounds} at random moments lose and leak nothing (seed ${seed})`, {timeout: 1_200_000}, async () => {
    const random = generator(seed)
    await using berth = openBerth()
    await berth.output('load', '-q', '-i', await busyboxArchive())
    await berth.output('pod', 'create', '--name', 'warm', '--network', 'none')
    await berth.output('pod', 'rm', 'warm')
    await using scene = new Scene(berth, random)
    const moments = new KillMoments(random)
    for (let round = 0; round < rounds; round++) {
      const operation = scene.next()
      const outcome = await runAndKill(berth, operation.args, moments.next(operation.durationMs))
      moments.note(outcome.killed)
      if (!outcome.killed) expect(outcome, `round ${round}: ${operation.args.join(' ')}`).toMatchObject({exitCode: 0})
      scene.note(operation, outcome.stdout.trim() !== '')
      const when = `round ${round}: ${operation.args.join(' ')}, killed: ${outcome.killed}`
      expect(await scene.contradictions(), when).toEqual([])
    }
    expect(moments.killed, 'rounds in which the command was still running').toBeGreaterThan(rounds / 4)
    await scene.expectNothingLeft()
  })
})

let scenes = 0

/** What has been acknowledged, and the engine it must be true of. */
class Scene implements AsyncDisposable {
  readonly #berth: TestEngine
  readonly #random: () => number
  /** `undefined`: a command was killed without a word, so either is right. */
  readonly #known = new Map<string, boolean | undefined>()
  readonly #cgroup = `/bt-crash-${process.pid}-${scenes++}`
  readonly #secret: string
  #count = 0

  constructor(berth: TestEngine, random: () => number) {
    this.#berth = berth
    this.#random = random
    this.#secret = join(berth.directory, 'word')
    writeFileSync(this.#secret, 'sesame')
  }

  /** After a failure pods may be there still. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#berth.run(['pod', 'rm', '-fa', '-t', '0'])
    for (const {mountPoint} of cgroupHierarchies()) {
      const parent = join(mountPoint, this.#cgroup)
      for (const name of entries(parent)) removeDirectory(join(parent, name))
      removeDirectory(parent)
    }
  }

  next(): Operation {
    const there = [...this.#known].filter(([, known]) => known !== false).map(([key]) => key)
    if (there.length > 3 && this.#random() < 0.55) return this.#removal(this.#pick(there))
    const kind = this.#pick(['volume', 'secret', 'pod', 'pod', 'anonymous'] as const)
    return this.#creation(kind, `x${this.#count++}`)
  }

  note({kind, name, makes}: Operation, promised: boolean): void {
    if (kind !== 'anonymous') this.#known.set(`${kind} ${name}`, promised ? makes : undefined)
  }

  async contradictions(): Promise<string[]> {
    const lists = {
      volume: await this.#list('volume', 'ls', '--format', '{{.Name}}'),
      secret: await this.#list('secret', 'ls', '--format', '{{.Name}}'),
      pod: await this.#list('pod', 'ps', '--format', '{{.Name}}'),
    }
    await this.#list('ps', '-aq')
    return [...this.#known].flatMap(([key, known]) => {
      const [kind = '', name = ''] = key.split(' ')
      const isThere = lists[kind as Kind].includes(name)
      return known === undefined || known === isThere ? [] : [`${key}: there: ${isThere}, acknowledged: ${known}`]
    })
  }

  async expectNothingLeft(): Promise<void> {
    const berth = this.#berth
    // The next command of each kind clears up.
    await berth.output('pod', 'create', '--name', 'last', '--network', 'none')
    await berth.output('volume', 'create', 'last')
    await berth.output('secret', 'create', 'last', this.#secret)
    expect(await berth.run(['system', 'check'])).toMatchObject({exitCode: 0, stdout: '', stderr: ''})
    await berth.output('pod', 'rm', '-fa', '-t', '0')
    const pods = await this.#list('ps', '-a', '--format', '{{.IsInfra}}', '--filter', 'name=infra')
    expect(pods, 'infra containers of no pod').toEqual([])
    // Made, and not started before the kill: theirs to keep until somebody removes them.
    await berth.output('rm', '-fav', '-t', '0')
    const anonymous = (await this.#list('volume', 'ls', '-q')).filter((name) => /^[0-9a-f]{64}$/.test(name))
    expect(anonymous, 'volumes of containers that are gone').toEqual([])
    await berth.output('volume', 'rm', '-a')
    await berth.output('secret', 'rm', '-a')
    await waitUntil('monitors have ended', () => processesUsing(berth.directory).length === 0, {
      describe: () => JSON.stringify(findLeaks(berth.directory)),
    })
    const left = ['volumes', 'secrets/records', 'secrets/filedriver', 'libpod/pods', 'libpod/names', 'libpod/staging']
    expect(left.flatMap((path) => entries(join(berth.root, path)))).toEqual([])
    expect(findLeaks(berth.directory)).toEqual({mounts: [], processes: [], cgroups: [], files: []})
    expect(this.#cgroups()).toEqual([])
  }

  #creation(kind: Operation['kind'], name: string): Operation {
    const made = {kind, name, makes: true}
    switch (kind) {
      case 'volume':
        return {...made, durationMs: 180, args: ['volume', 'create', name]}
      case 'secret':
        return {...made, durationMs: 180, args: ['secret', 'create', '--replace', name, this.#secret]}
      case 'pod':
        return {
          ...made,
          durationMs: 320,
          args: [
            ...['pod', 'create', '--name', name, '--network', 'none', '--memory', '64m'],
            ...['--cgroup-parent', this.#cgroup],
          ],
        }
      case 'anonymous':
        return {...made, durationMs: 900, args: ['run', '--rm', '--network', 'none', '-v', '/data', 'busybox', 'true']}
    }
  }

  #removal(key: string): Operation {
    const [kind = '', name = ''] = key.split(' ')
    const force = kind === 'secret' ? '-i' : '-f'
    // A forced removal says nothing of what is not there: only a word is a promise.
    return {
      kind: kind as Kind,
      name,
      makes: false,
      durationMs: kind === 'pod' ? 320 : 180,
      args: [kind, 'rm', force, name],
    }
  }

  async #list(...args: readonly string[]): Promise<string[]> {
    const result = await this.#berth.run(args)
    expect(result, args.join(' ')).toMatchObject({exitCode: 0, stderr: ''})
    return result.stdout.split('\n').filter(Boolean)
  }

  #cgroups(): string[] {
    return cgroupHierarchies().flatMap(({mountPoint}) => {
      const parent = join(mountPoint, this.#cgroup)
      const left = entries(parent).filter((name) => /^[0-9a-f]{64}$/.test(name))
      if (left.length === 0) removeDirectory(parent)
      return left
    })
  }

  #pick<T>(values: readonly T[]): T {
    return values[Math.floor(this.#random() * values.length)] as T
  }
}

function entries(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

function removeDirectory(path: string): void {
  try {
    rmdirSync(path)
  } catch {
    // There is none in this hierarchy.
  }
}
