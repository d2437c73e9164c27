import {expect, it} from 'vitest'
import {humanAge, humanDuration} from '../../src/cli/human-duration.ts'

const hour = 3_600_000

it.each([
  [450, 'Less than a second'],
  [1000, '1 second'],
  [45_000, '45 seconds'],
  [60_000, 'About a minute'],
  [3 * 60_000, '3 minutes'],
  [59 * 60_000, '59 minutes'],
  [hour, 'About an hour'],
  [1.6 * hour, '2 hours'],
  [47 * hour, '47 hours'],
  [48 * hour, '2 days'],
  [24 * 14 * hour, '2 weeks'],
  [24 * 60 * hour, '2 months'],
  [24 * 730 * hour, '2 years'],
])('%d ms is %s', (milliseconds, text) => expect(humanDuration(milliseconds)).toBe(text))

it('counts from now', () =>
  expect(humanAge('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:05:00Z'))).toBe('5 minutes ago'))
