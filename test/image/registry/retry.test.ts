import {expect, it} from 'vitest'
import {EngineError, inContext} from '../../../src/errors/index.ts'
import {withRetries} from '../../../src/image/registry/retry.ts'

const policy = {attempts: 3, delayMs: 1, fixed: true}

it('tries again as often as it is told to', async () => {
  let count = 0
  const fail = () => Promise.reject(new EngineError('ERR_CONNECTION', `attempt ${++count}`))
  await expect(withRetries(policy, undefined, fail)).rejects.toThrow('attempt 4')
})

it.each([
  ['as it is', (error: unknown) => error],
  ['told in other words', (error: unknown) => inContext('copying', inContext('writing', error))],
])('does not try from outside what was tried inside: the error %s', async (_, told) => {
  let count = 0
  const fail = () => Promise.reject(new EngineError('ERR_CONNECTION', `attempt ${++count}`))
  const inner = () => withRetries(policy, undefined, fail).catch((error: unknown) => Promise.reject(told(error)))
  await expect(withRetries(policy, undefined, inner)).rejects.toThrow('attempt 4')
  expect(count).toBe(4)
})
