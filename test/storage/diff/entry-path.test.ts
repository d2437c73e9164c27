import {describe, expect, test} from 'vitest'
import {entryPath, quote, splitPath} from '../../../storage/diff/entry-path.ts'
import {meaningOf} from '../../../storage/diff/whiteout.ts'

describe('entry path', () => {
  test.each([
    ['a/b', 'a/b'],
    ['./a//b/', 'a/b'],
    ['/a/./b', 'a/b'],
    ['a/../b', 'b'],
    ['.', ''],
    ['/', ''],
    ['...', '...'],
    ['a/..', ''],
  ])('%j is %j', (name, path) => expect(entryPath(name)).toBe(path))

  test.each(['..', '../a', 'a/../..', '/..', 'a/b/../../../c'])('%j climbs out', (name) => {
    expect(() => entryPath(name)).toThrow(expect.objectContaining({code: 'ERR_LAYER_ESCAPE'}))
  })

  test.each(['n'.repeat(256), 'd/'.repeat(2049), 'a\0b'])('what no file system holds', (name) => {
    expect(() => entryPath(name)).toThrow(expect.objectContaining({code: 'ERR_LAYER_ENTRY'}))
  })

  test('the longest that fit', () => {
    expect(entryPath('n'.repeat(255))).toHaveLength(255)
    expect(entryPath('d/'.repeat(2048))).toHaveLength(4095)
  })

  test('parts and messages', () => {
    expect(splitPath('a/b/c')).toEqual({directory: 'a/b', base: 'c'})
    expect(splitPath('c')).toEqual({directory: '', base: 'c'})
    expect(quote(Buffer.from('ü\n').toString('latin1'))).toBe('"ü\\n"')
  })
})

describe('whiteout names', () => {
  test.each([
    ['d', 'f', 'entry'],
    ['', '.wh.f', 'whiteout'],
    ['d', '.wh..wh..opq', 'opaque'],
    ['', '.wh..wh.aufs', 'ignored'],
    ['.wh..wh.plnk', '1.2', 'ignored'],
    ['.wh.d', 'f', 'invalid'],
    ['', '.wh.', 'invalid'],
    ['d', '.wh..', 'invalid'],
    ['d', '.wh...', 'invalid'],
    ['', '.whiteout', 'entry'],
  ])('%j / %j is %s', (directory, base, kind) => expect(meaningOf(directory, base).kind).toBe(kind))
})
