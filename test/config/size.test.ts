import {expect, it} from 'vitest'
import {parseSize} from '../../src/config/index.ts'

it.each([
  ['0', 0],
  ['1024', 1024],
  ['10b', 10],
  ['65536k', 65536 * 1024],
  ['64m', 64 * 2 ** 20],
  ['1.5g', 1.5 * 2 ** 30],
  ['2GiB', 2 ** 31],
  ['2 GB', 2 ** 31],
  ['1t', 2 ** 40],
  ['-1', -1],
  ['', undefined],
  ['m', undefined],
  ['1x', undefined],
  ['1 0', undefined],
])('%j is %s bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes))
