import {expect, it} from 'vitest'
import {afterRun} from '../../../src/libpod/container/health/health-record.ts'
import {unknownHealth} from '../../../src/libpod/define/health.ts'

const config = {
  healthcheck: {test: ['CMD', 'x'], intervalNs: 1, timeoutNs: 1, startPeriodNs: 0, retries: 3},
  healthLog: {destination: 'local', maxCount: 2, maxSize: 4},
}
const entry = (ExitCode: number, Output = '') => ({Start: 's', End: 'e', ExitCode, Output})
const run = (codes: readonly number[], inStartPeriod = false) =>
  codes.reduce((record, code) => afterRun(record, entry(code), config, inStartPeriod), unknownHealth)

it.each([
  [[0], 'healthy', 0],
  [[1, 1], 'starting', 2],
  [[1, 1, 1], 'unhealthy', 3],
  [[1, 1, 0], 'healthy', 0],
  [[0, 1, 1], 'healthy', 2],
  [[0, 1, 1, 1], 'unhealthy', 3],
])('after %j it is %s', (codes, status, streak) => {
  expect(run(codes)).toMatchObject({Status: status, FailingStreak: streak})
})

it('does not count failures within the start period', () => {
  expect(run([1, 1, 1, 1], true)).toMatchObject({Status: 'starting', FailingStreak: 0})
})

it('keeps as many entries, and as much of each, as it is told', () => {
  const record = ['first', 'second', 'third'].reduce(
    (sum, text) => afterRun(sum, entry(0, text), config, false),
    unknownHealth,
  )
  expect(record.Log.map(({Output}) => Output)).toEqual(['seco', 'thir'])
})
