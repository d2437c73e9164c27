import {randomBytes} from 'node:crypto'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {underFreeName} from '../../src/cli/pod/under-free-name.ts'
import {type PodConfig, podConfigVersion} from '../../src/libpod/define/pod.ts'
import {EngineFixture} from '../libpod/engine-fixture.ts'

let engine: EngineFixture
beforeAll(async () => {
  engine = await EngineFixture.open()
})
afterAll(() => engine[Symbol.asyncDispose]())

const create = (name: string) => engine.runtime.pods.create(podNamed(name), {})

it('a made-up name that a pod or a container has got meanwhile is replaced, a given one is refused', async () => {
  await create('pod')
  await engine.create('true', {name: 'container'})
  const words = ['pod', 'container', 'free']
  expect((await underFreeName(undefined, () => words.shift() ?? '', create)).name).toBe('free')
  await expect(underFreeName('pod', () => 'other', create)).rejects.toMatchObject({code: 'ERR_POD_EXISTS'})
  expect(engine.runtime.pods.list().map(({name}) => name)).toEqual(['pod', 'free'])
})

function podNamed(name: string): PodConfig {
  return {
    ...{version: podConfigVersion, id: randomBytes(32).toString('hex'), name, createdAt: new Date().toISOString()},
    ...{labels: {}, shared: [], exitPolicy: 'continue', hostname: '', cgroupParent: '', cgroupPath: ''},
  }
}
