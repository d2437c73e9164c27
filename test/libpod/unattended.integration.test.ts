import {mkdirSync, readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {mountPointsBelow} from '../../src/host/index.ts'
import type {Container} from '../../src/libpod/container.ts'
import {neverRun} from '../../src/libpod/define/container-run.ts'
import {EngineFixture} from './engine-fixture.ts'

/** What happens when a container ends and no Berth process is there: the shim's exit command does the rest. */
let engine: EngineFixture

beforeAll(async () => {
  engine = await EngineFixture.open()
})

afterAll(async () => {
  await engine[Symbol.asyncDispose]()
})

describe('names', () => {
  it('made up are made up again when somebody else was quicker, given ones are refused', async () => {
    const name = engine.runtime.generateName()
    await engine.create('true', {name})
    const second = await engine.create('true', {name})
    expect(second.name).not.toBe(name)
    await engine.create('true', {name: 'given'})
    await expect(engine.create('true', {name: 'given'})).rejects.toMatchObject({code: 'ERR_CTR_NAME_IN_USE'})
  })
})

describe('the exit command', () => {
  it('records the end and cleans up', async () => {
    const container = await engine.create('exit 8')
    await container.start()
    await until(async () => (await recorded(container)).status === 'exited')
    expect(await container.state()).toMatchObject({status: 'exited', exitCode: 8})
    expect(mountPointsBelow(engine.directory)).toEqual([])
  })

  it('removes a container made to go, whose exit code those who wait still learn', async () => {
    const container = await engine.create('sleep 0.3; exit 6', {autoRemove: true})
    await container.start()
    expect(await container.wait()).toBe(6)
    await until(() => !engine.runtime.containers.exists(container.id))
    expect(await container.wait()).toBe(6)
  })

  it('leaves a container alone that somebody attends', async () => {
    const container = await engine.create('sleep 0.2; exit 1', {autoRemove: true})
    const session = await container.start({attach: {}, foreground: true})
    await session?.ended
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(engine.runtime.containers.exists(container.id)).toBe(true)
    expect(await container.finish()).toBe(1)
    expect(engine.runtime.containers.exists(container.id)).toBe(false)
  })

  it('attends to one whose attendant has left', async () => {
    const container = await engine.create('sleep 0.3; exit 1', {autoRemove: true})
    const session = await container.start({attach: {}, foreground: true})
    session?.detach()
    expect(await session?.ended).toBe('detached')
    container.leave()
    await until(() => !engine.runtime.containers.exists(container.id))
  })
})

describe('the restart policy', () => {
  it('on-failure starts it again as often as allowed', async () => {
    const policy = {name: 'on-failure', maximumRetries: 2, given: true} as const
    const container = await engine.create('echo run >> /tmp/runs; exit 1', {restartPolicy: policy})
    await container.start()
    await until(async () => (await recorded(container)).status === 'exited')
    expect((await container.inspect()).RestartCount).toBe(2)
    expect((await lines(container)).length).toBe(0)
  })

  it('on-failure leaves a success alone', async () => {
    const policy = {name: 'on-failure', maximumRetries: 0, given: true} as const
    const container = await engine.create('exit 0', {restartPolicy: policy})
    await container.start()
    await until(async () => (await recorded(container)).status === 'exited')
    expect((await container.inspect()).RestartCount).toBe(0)
  })

  it('always goes on until a user stops it', async () => {
    const policy = {name: 'always', maximumRetries: 0, given: true} as const
    const container = await engine.create('sleep 0.1; exit 0', {restartPolicy: policy})
    await container.start()
    await until(async () => (await container.inspect()).RestartCount >= 2)
    await container.stop({timeoutSeconds: 0})
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(await container.state()).toMatchObject({status: 'exited'})
  })
})

describe('a change that was cut off', () => {
  it('before anything ran is taken back by the next command', async () => {
    const container = await engine.create('sleep 100')
    await container.init()
    const {state} = engine.parts
    const {mountPoint: _gone, ...run} = state.run(container.id)
    state.saveRun(container.id, {...run, state: {status: 'configured'}})
    noteChange(container)
    await engine.reopen()
    expect(await container.state()).toEqual({status: 'configured'})
    expect(readdirSync(state.layout.pending)).toEqual([])
    await container.start()
    expect(await container.state()).toMatchObject({status: 'running'})
    await container.stop({timeoutSeconds: 0})
  })

  it('after the process ran is found running', async () => {
    const container = await engine.create('sleep 100')
    await container.init()
    const {state} = engine.parts
    const before = state.run(container.id)
    await container.start()
    state.saveRun(container.id, before)
    noteChange(container)
    expect(await container.state()).toMatchObject({status: 'running'})
    await container.stop({timeoutSeconds: 0})
  })

  it('that the record lost but the OCI runtime remembers does not hinder the next start', async () => {
    const container = await engine.create('sleep 100')
    await container.start()
    const {State} = await container.inspect()
    for (const pid of [State.ConmonPid ?? 0, State.Pid]) process.kill(pid, 'SIGKILL')
    engine.parts.state.saveRun(container.id, neverRun)
    await container.start()
    expect(await container.state()).toMatchObject({status: 'running'})
    await container.stop({timeoutSeconds: 0})
  })

  it('in the middle of a removal is removed to the end', async () => {
    const container = await engine.create('true')
    const {state} = engine.parts
    state.saveRun(container.id, {...state.run(container.id), state: {status: 'removing'}})
    noteChange(container)
    await engine.reopen()
    expect(engine.runtime.containers.exists(container.id)).toBe(false)
    expect(await engine.runtime.check()).toEqual([])
  })
})

function noteChange({id}: Container): void {
  const {pending} = engine.parts.state.layout
  mkdirSync(pending, {recursive: true})
  writeFileSync(join(pending, id), '')
}

/** As it stands in the record: not what a look at the shim would tell. */
async function recorded({id}: Container): Promise<{status: string}> {
  return engine.parts.state.run(id).state
}

async function lines(container: Container): Promise<string[]> {
  const texts: string[] = []
  for await (const {text} of container.logs()) texts.push(String(text))
  return texts
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('the condition was not met within 20 s')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
