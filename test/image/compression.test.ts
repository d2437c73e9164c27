import {expect, it} from 'vitest'
import {parseCompression} from '../../src/image/compression.ts'

it('takes what podman takes', () => {
  expect(parseCompression('gzip', undefined)).toEqual({format: 'gzip'})
  expect(parseCompression('zstd', 20)).toEqual({format: 'zstd', level: 20})
})

it.each([
  ['zstd:chunked', undefined, 'ERR_NOT_SUPPORTED', 'compression format zstd:chunked: use zstd: not supported'],
  ['bogus', undefined, 'ERR_REFUSED', 'cannot find compressor for "bogus"'],
  ['gzip', 10, 'ERR_REFUSED', 'invalid compression level 10 for gzip: must be between 1 and 9'],
  ['zstd', 0, 'ERR_REFUSED', 'invalid compression level 0 for zstd: must be between 1 and 20'],
])('refuses %s with level %s', (format, level, code, message) => {
  expect(() => parseCompression(format, level)).toThrow(expect.objectContaining({code, message}))
})
