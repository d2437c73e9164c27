import {execFileSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import type {Container} from '../../src/libpod/container.ts'
import type {ContainerConfig} from '../../src/libpod/define/container-config.ts'
import {testRuntime, visibleOnHost} from '../helpers/runtime.ts'
import {EngineFixture} from './engine-fixture.ts'
import {exampleConfig} from './example-config.ts'

let engine: EngineFixture
/** The runtime, noting what it is asked for. */
let runtime: string
let log: string

beforeAll(async () => {
  engine = await EngineFixture.open()
  runtime = join(engine.directory, 'runtime')
  log = join(engine.directory, 'calls')
  writeFileSync(runtime, `#!/bin/sh\necho "$@" >>${log}\nexec ${testRuntime} "$@"\n`, {mode: 0o755})
})

afterAll(async () => {
  await engine[Symbol.asyncDispose]()
})

beforeEach(() => writeFileSync(log, ''))

async function running(script: string, changes: Partial<ContainerConfig> = {}): Promise<Container> {
  const container = await engine.create(script, {runtime, ...changes})
  await container.start()
  return container
}

function kills(): readonly string[] {
  return readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('kill '))
}

describe.runIf(visibleOnHost)('the end of a container', () => {
  it('is brought about without the runtime', async () => {
    const container = await running('while :; do sleep 1000; done')
    await container.stop({timeoutSeconds: 0})
    expect(await container.state()).toMatchObject({status: 'exited', exitCode: 137})
    expect(kills()).toEqual([])
    await container.remove()
  })

  it('is asked for by its stop signal, which it may answer', async () => {
    const script = 'trap "exit 3" TERM; touch /tmp/trapped; while :; do sleep 0.05; done'
    const container = await running(script)
    while (!(await exists(container, '/tmp/trapped'))) await new Promise((resolve) => setTimeout(resolve, 20))
    await container.stop({timeoutSeconds: 60})
    expect(await container.state()).toMatchObject({status: 'exited', exitCode: 3})
    expect(kills()).toEqual([])
    await container.remove()
  })

  it('is left to the runtime when all processes of the host are in its namespace', async () => {
    const namespaces = {...exampleConfig().namespaces, pid: {mode: 'host'} as const}
    const container = await running('sleep 1000 & wait', {namespaces})
    await container.stop({timeoutSeconds: 0})
    expect(kills()).toEqual([`kill --all ${container.id} 9`])
    await container.remove()
  })

  it('comes also when somebody froze it', async () => {
    const container = await running('while :; do sleep 1000; done')
    execFileSync(testRuntime, ['pause', container.id])
    await container.stop({timeoutSeconds: 0})
    expect(await container.state()).toMatchObject({status: 'exited', exitCode: 137})
    await container.remove()
  })
})

async function exists(container: Container, path: string): Promise<boolean> {
  const {State} = await container.inspect()
  try {
    readFileSync(`/proc/${State.Pid}/root${path}`)
    return true
  } catch {
    return false
  }
}
