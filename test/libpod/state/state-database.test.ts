import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import type {ContainerRun} from '../../../src/libpod/define/container-run.ts'
import {neverRun} from '../../../src/libpod/define/container-run.ts'
import {refreshOncePerBoot} from '../../../src/libpod/state/boot.ts'
import {upgrade} from '../../../src/libpod/state/documents.ts'
import {Layout} from '../../../src/libpod/state/layout.ts'
import {refresh} from '../../../src/libpod/state/refresh.ts'
import {StateDatabase} from '../../../src/libpod/state/state-database.ts'
import {sweep} from '../../../src/libpod/state/sweep.ts'
import {verifyRecords} from '../../../src/libpod/state/verify-records.ts'
import {exampleConfig} from '../example-config.ts'

let directory: string
let state: StateDatabase
const nothing = async (): Promise<void> => {}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'berth-state-'))
  state = new StateDatabase(new Layout(join(directory, 'root'), join(directory, 'run')))
})

afterEach(() => rmSync(directory, {recursive: true, force: true}))

const running: ContainerRun = {
  ...neverRun,
  state: {
    status: 'running',
    pid: 1,
    process: {pid: 1, startTicks: 1},
    shimPid: 1,
    startedAt: '2026-01-02T03:04:05.000000006Z',
  },
}

describe('records', () => {
  it('finds a container by name, id and unambiguous prefix', async () => {
    const config = exampleConfig({name: 'web'})
    await state.add(config, nothing)
    for (const key of ['web', config.id, config.id.slice(0, 5)]) expect(state.resolve(key)).toBe(config.id)
    expect(state.resolve('nobody')).toBeUndefined()
    expect(state.config(config.id)).toEqual(JSON.parse(JSON.stringify(config)))
  })

  it('refuses an ambiguous prefix and names the candidates', async () => {
    const first = exampleConfig({id: `abc1${'0'.repeat(60)}`})
    const second = exampleConfig({id: `abc2${'0'.repeat(60)}`})
    for (const config of [first, second]) await state.add(config, nothing)
    expect(() => state.resolve('abc')).toThrow(expect.objectContaining({code: 'ERR_CTR_AMBIGUOUS'}))
    expect(() => state.resolve('abc')).toThrow(/abc100000000.*abc200000000|abc200000000.*abc100000000/)
  })

  it('a name that looks like the prefix of another id wins', async () => {
    const first = exampleConfig({id: `beef${'0'.repeat(60)}`, name: 'one'})
    const second = exampleConfig({name: 'beef'})
    for (const config of [first, second]) await state.add(config, nothing)
    expect(state.resolve('beef')).toBe(second.id)
  })

  it('gives a name to one of many that ask at the same time', async () => {
    const results = await Promise.allSettled(
      Array.from({length: 20}, () => state.add(exampleConfig({name: 'wanted'}), nothing)),
    )
    expect(results.filter(({status}) => status === 'fulfilled')).toHaveLength(1)
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    expect(new Set(refused.map(({code}) => code))).toEqual(new Set(['ERR_CTR_NAME_IN_USE']))
    expect(state.ids()).toHaveLength(1)
  })

  it('leaves nothing when the preparation fails', async () => {
    const config = exampleConfig({name: 'web'})
    const failing = state.add(config, () => Promise.reject(new Error('no layer')))
    await expect(failing).rejects.toThrow('no layer')
    expect(state.resolve('web')).toBeUndefined()
    expect(readdirSync(state.layout.staging)).toEqual([])
    expect(readdirSync(state.layout.names)).toEqual([])
    expect(existsSync(state.layout.lock(config.id))).toBe(false)
    await state.add(exampleConfig({name: 'web'}), nothing)
  })

  it('refuses to remove what others depend on', async () => {
    const base = exampleConfig()
    const user = exampleConfig({dependencies: [base.id]})
    await state.add(base, nothing)
    await state.add(user, nothing)
    expect(state.dependents(base.id)).toEqual([user.id])
    await expect(state.remove(base, nothing)).rejects.toMatchObject({code: 'ERR_CTR_HAS_DEPENDENTS'})
    await state.remove(user, nothing)
    await state.remove(base, nothing)
    expect(state.ids()).toEqual([])
    expect(readdirSync(state.layout.dependents)).toEqual([])
  })

  it('refuses a dependency that is not there', async () => {
    const config = exampleConfig({dependencies: ['f'.repeat(64)]})
    await expect(state.add(config, nothing)).rejects.toMatchObject({code: 'ERR_NO_SUCH_CTR'})
  })

  it('renames, and the old name is free again', async () => {
    const config = exampleConfig({name: 'old'})
    await state.add(config, nothing)
    await state.rename(config, 'new')
    expect(state.resolve('old')).toBeUndefined()
    expect(state.summary(config.id).name).toBe('new')
    await state.add(exampleConfig({name: 'old'}), nothing)
    await expect(state.rename(state.config(config.id), 'old')).rejects.toThrow(
      'name "old" is in use: container already exists',
    )
  })

  it('writes one small document for a state change', async () => {
    const config = exampleConfig()
    await state.add(config, nothing)
    const before = readFileSync(state.layout.config(config.id))
    state.saveRun(config.id, running)
    expect(state.run(config.id)).toEqual(running)
    expect(readFileSync(state.layout.config(config.id))).toEqual(before)
    expect(readFileSync(state.layout.state(config.id)).length).toBeLessThan(500)
  })

  it('frees a name whose owner was never finished', async () => {
    mkdirSync(state.layout.names, {recursive: true})
    symlinkSync('a'.repeat(64), state.layout.name('web'))
    await state.add(exampleConfig({name: 'web'}), nothing)
    expect(state.resolve('web')).toBeDefined()
  })

  it('keeps a name for somebody who is making it right now', async () => {
    let release: () => void = () => {}
    const slow = state.add(exampleConfig({name: 'web'}), () => new Promise((resolve) => (release = resolve)))
    const second = state.add(exampleConfig({name: 'web'}), nothing)
    await expect(second).rejects.toMatchObject({code: 'ERR_CTR_NAME_IN_USE'})
    release()
    await slow
  })
})

describe('sweep', () => {
  const unexpected = (sentence: string) => expect.unreachable(sentence)

  it('removes half-made and half-removed containers whose maker is gone', async () => {
    const config = exampleConfig({name: 'web'})
    await state.add(config, nothing)
    const failing = state.remove(config, () => Promise.reject(new Error('killed here')))
    await expect(failing).rejects.toThrow('killed here')
    const half = `new-${'b'.repeat(64)}`
    mkdirSync(join(state.layout.staging, half), {recursive: true})
    const released: string[] = []
    await sweep(state, async (id) => void released.push(id), unexpected)
    expect(released.sort()).toEqual([config.id, 'b'.repeat(64)].sort())
    expect(readdirSync(state.layout.staging)).toEqual([])
    expect(verifyRecords(state, {repair: false})).toEqual([])
  })

  it('goes on with the next where one cannot be finished, and tries that again', async () => {
    const [stuck, half] = ['a', 'b'].map((letter) => `new-${letter.repeat(64)}`) as [string, string]
    for (const entry of [stuck, half]) mkdirSync(join(state.layout.staging, entry), {recursive: true})
    const warnings: string[] = []
    const release = async (id: string) => {
      if (stuck.endsWith(id)) throw new Error('busy')
    }
    expect(await sweep(state, release, (sentence) => void warnings.push(sentence))).toEqual([half])
    expect(warnings).toEqual([`Finishing the removal of container ${'a'.repeat(64)}: busy`])
    expect(await sweep(state, async () => {}, unexpected)).toEqual([stuck])
  })

  it('leaves alone what is being made', async () => {
    const config = exampleConfig()
    let release: () => void = () => {}
    const making = state.add(config, () => new Promise((resolve) => (release = resolve)))
    await new Promise((resolve) => setImmediate(resolve))
    expect(await sweep(state, nothing, unexpected)).toEqual([])
    release()
    await making
    expect(state.exists(config.id)).toBe(true)
  })
})

describe('refresh', () => {
  it('runs once per boot and ends what ran', async () => {
    const [ran, never, temporary] = [exampleConfig(), exampleConfig(), exampleConfig({autoRemove: true})]
    for (const config of [ran, never, temporary]) await state.add(config, nothing)
    state.saveRun(ran.id, running)
    state.saveRun(temporary.id, running)
    const removable: string[] = []
    const again = (boot: string) =>
      refreshOncePerBoot(state.layout, boot, async () => void removable.push(...refresh(state)))
    expect(await again('boot-1')).toBe(true)
    expect(await again('boot-1')).toBe(false)
    expect(state.run(ran.id).state).toMatchObject({
      status: 'exited',
      exitCode: 137,
      startedAt: '2026-01-02T03:04:05.000000006Z',
    })
    expect(state.run(never.id).state).toEqual({status: 'configured'})
    expect(removable).toEqual([temporary.id])
  })

  it('keeps the exit code of what had ended before', async () => {
    const config = exampleConfig()
    await state.add(config, nothing)
    const ended = {startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:01Z', exitCode: 3, oomKilled: false}
    state.saveRun(config.id, {...neverRun, state: {status: 'exited', ...ended}})
    rmSync(state.layout.runRoot, {recursive: true})
    refresh(state)
    expect(state.run(config.id).state).toEqual({status: 'exited', ...ended})
  })
})

describe('verify', () => {
  it('finds and repairs damaged indexes', async () => {
    const [base, user] = [exampleConfig({name: 'base'}), exampleConfig({name: 'user'})]
    await state.add(base, nothing)
    await state.add({...user, dependencies: [base.id]}, nothing)
    rmSync(state.layout.name('base'))
    rmSync(state.layout.dependents, {recursive: true})
    writeFileSync(state.layout.summary(user.id), '')
    symlinkSync('d'.repeat(64), state.layout.name('ghost'))
    mkdirSync(state.layout.bundle('e'.repeat(64)), {recursive: true})
    expect(verifyRecords(state, {repair: false})).toHaveLength(5)
    expect(verifyRecords(state, {repair: true}).every(({repaired}) => repaired)).toBe(true)
    expect(verifyRecords(state, {repair: false})).toEqual([])
    expect(state.resolve('base')).toBe(base.id)
    expect(existsSync(state.layout.bundle('e'.repeat(64)))).toBe(false)
  })

  it('reports a config that cannot be read and leaves it', async () => {
    const config = exampleConfig()
    await state.add(config, nothing)
    writeFileSync(state.layout.config(config.id), '{')
    const problems = verifyRecords(state, {repair: true})
    expect(problems.some(({object, repaired}) => object.includes(config.id) && !repaired)).toBe(true)
    expect(existsSync(state.layout.config(config.id))).toBe(true)
  })
})

describe('versions', () => {
  const kind = {
    version: 3,
    migrations: {1: (d: object) => ({...d, two: true}), 2: (d: object) => ({...d, three: true})},
  }

  it('applies each step', () => {
    expect(upgrade({version: 1, a: 1}, kind, 'x')).toEqual({version: 3, a: 1, two: true, three: true})
  })

  it('refuses what a newer program wrote and what is no record', () => {
    expect(() => upgrade({version: 4}, kind, 'x')).toThrow(expect.objectContaining({code: 'ERR_RECORD_VERSION'}))
    expect(() => upgrade([], kind, 'x')).toThrow(expect.objectContaining({code: 'ERR_RECORD_CORRUPT'}))
  })
})
