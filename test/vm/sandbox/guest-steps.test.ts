import {describe, expect, it} from 'vitest'
import {Trace} from '../../../src/timings/index.ts'
import {addGuestSteps} from '../../../src/vm/sandbox/guest-steps.ts'

const times = {startedUs: 1_000_000, answeredUs: 1_900_000, pid: 7}

function stepsOf(answer: Readonly<Record<string, unknown>>) {
  const trace = new Trace()
  addGuestSteps(trace, answer, times)
  return trace.spans
}

describe('steps of a guest', () => {
  it("lie on the host's clock, after the firmware", () => {
    const boot = [
      {name: 'kernel', startUs: 0, endUs: 500_000},
      {name: 'drivers', startUs: 500_000, endUs: 600_000},
    ]
    expect(stepsOf({uptimeUs: 700_000, boot})).toEqual([
      {program: 'guest', pid: 7, name: 'firmware, begin of the kernel', startUs: 1_000_000, endUs: 1_200_000},
      {program: 'guest', pid: 7, name: 'kernel', startUs: 1_200_000, endUs: 1_700_000},
      {program: 'guest', pid: 7, name: 'drivers', startUs: 1_700_000, endUs: 1_800_000},
    ])
  })

  it('that a hostile guest made up are left out or made harmless', () => {
    for (const answer of [
      {},
      {uptimeUs: 5},
      {uptimeUs: '5', boot: []},
      {uptimeUs: -1, boot: []},
      {uptimeUs: 5, boot: 'x'},
    ])
      expect(stepsOf(answer)).toEqual([])
    const bad = [
      ...[null, 7, [], {name: 7, startUs: 0, endUs: 1}, {name: 'late', startUs: 0, endUs: 9_000_000}],
      ...[
        {name: 'backwards', startUs: 5, endUs: 4},
        {name: 'half', startUs: 0.5, endUs: 1},
      ],
    ]
    expect(stepsOf({uptimeUs: 700_000, boot: bad})).toHaveLength(1)
    const many = Array.from({length: 1000}, () => ({name: `\u001b[2J${'x'.repeat(5000)}`, startUs: 0, endUs: 1}))
    const steps = stepsOf({uptimeUs: 700_000, boot: many})
    expect(steps.length).toBeLessThan(40)
    expect(steps.every(({name}) => name.length <= 60 && !name.includes('\u001b'))).toBe(true)
  })

  it('of a guest whose clock claims more than there was do not begin before its machine', () => {
    const [firmware] = stepsOf({uptimeUs: 900_000_000, boot: []})
    expect(firmware).toMatchObject({startUs: 1_000_000, endUs: 1_000_000})
  })
})
