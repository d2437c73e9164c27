import {expect, it} from 'vitest'
import {goDuration} from '../../src/cli/go-duration-text.ts'
import {binarySize, humanSize} from '../../src/cli/human-size.ts'

it.each([
  [0, '0B'],
  [12, '12B'],
  [999, '999B'],
  [1000, '1kB'],
  [1_980_000, '1.98MB'],
  [2_023_456, '2.023MB'],
  [25_276_510_208, '25.28GB'],
])('%d bytes are %s', (bytes, text) => expect(humanSize(bytes)).toBe(text))

it('rounds to the digits asked for', () => {
  expect(humanSize(2_018_456, 3)).toBe('2.02MB')
  expect(humanSize(123_456_789, 3)).toBe('123MB')
  expect(binarySize(1536)).toBe('1.5KiB')
})

it.each([
  [0, '0s'],
  [5, '5ns'],
  [1500, '1.5µs'],
  [59_107_126, '59.107126ms'],
  [3_723_500_000_000, '1h2m3.5s'],
  [60e9, '1m0s'],
])('%d ns are %s', (nanoseconds, text) => expect(goDuration(nanoseconds)).toBe(text))
