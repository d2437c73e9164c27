import {expect, test} from 'vitest'
import {regressions} from '../../bench/thresholds.ts'

test('a ratio that is worse by more than a fifth is told, others are not', () => {
  const known = {create: 1, start: 1, rm: 1}
  const measured = [
    {name: 'create', ratio: 1.19},
    {name: 'start', ratio: 1.21},
    {name: 'rm', ratio: 0.5},
    {name: 'new', ratio: 9},
  ]
  expect(regressions(measured, known)).toEqual(["warning: start: 1.21 of podman's time, was 1.00"])
})
