import {readFileSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {systemReason} from '../../src/errors/index.ts'
import {temporaryDirectory} from '../helpers/temporary-directory.ts'

function reasonOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return systemReason(error)
  }
  return 'nothing failed'
}

it('says what failed in the words of strerror, whatever those of libuv are', async () => {
  await using directory = temporaryDirectory()
  const loop = join(directory.path, 'loop')
  symlinkSync('loop', loop)
  expect(reasonOf(() => readFileSync(directory.path))).toBe('is a directory')
  expect(reasonOf(() => readFileSync(loop))).toBe('too many levels of symbolic links')
  expect(reasonOf(() => symlinkSync('loop', loop))).toBe('file exists')
  expect(reasonOf(() => readFileSync(join(directory.path, 'none')))).toBe('no such file or directory')
  expect(systemReason(new Error('own words'))).toBe('own words')
})
