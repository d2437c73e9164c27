import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {copyTree} from '../../src/build/copy/copy-tree.ts'
import {fingerprint} from '../../src/build/copy/fingerprint.ts'
import {matchGlob} from '../../src/build/copy/glob.ts'
import {contextFilter} from '../../src/build/copy/ignore.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'copy-'))
  for (const directory of ['src/deep/er', 'src/keep', 'out']) mkdirSync(join(root, directory), {recursive: true})
  for (const file of ['a.txt', 'b.txt', 'c.md', 'deep/d.txt', 'deep/er/e.txt', 'keep/f.log', 'keep/g.log'])
    writeFileSync(join(root, 'src', file), file)
  symlinkSync('../a.txt', join(root, 'src/deep/link'))
})
afterEach(() => rmSync(root, {recursive: true}))

describe('matchGlob', () => {
  it.each([
    ['a.txt', ['a.txt']],
    ['*.txt', ['a.txt', 'b.txt']],
    ['[ab].*', ['a.txt', 'b.txt']],
    ['?.md', ['c.md']],
    ['*/d.txt', ['deep/d.txt']],
    ['**/*.txt', ['a.txt', 'b.txt', 'deep/d.txt', 'deep/er/e.txt']],
    ['none', []],
    ['.', ['']],
  ])('%s', (pattern, expected) => expect(matchGlob(join(root, 'src'), pattern)).toEqual(expected))
})

describe('copyTree', () => {
  const everything = () => true

  it('keeps modes, times and links', () => {
    chmodSync(join(root, 'src/a.txt'), 0o4711)
    utimesSync(join(root, 'src/a.txt'), 1000, 2000)
    copyTree(join(root, 'src'), join(root, 'out'), {includes: everything})
    expect(lstatSync(join(root, 'out/a.txt'))).toMatchObject({mode: 0o104711, mtimeMs: 2_000_000})
    expect(readlinkSync(join(root, 'out/deep/link'))).toBe('../a.txt')
  })

  it('merges directories and replaces files, not directories', () => {
    mkdirSync(join(root, 'out/deep'))
    writeFileSync(join(root, 'out/deep/own'), '')
    writeFileSync(join(root, 'out/a.txt'), 'old')
    copyTree(join(root, 'src'), join(root, 'out'), {includes: everything})
    expect(readFileSync(join(root, 'out/a.txt'), 'utf8')).toBe('a.txt')
    expect(lstatSync(join(root, 'out/deep/own')).isFile()).toBe(true)
    expect(() => copyTree(join(root, 'src/a.txt'), join(root, 'out/deep'), {includes: everything})).toThrow(
      'over directory',
    )
  })

  it('obeys ignore patterns, negated ones too', async () => {
    writeFileSync(join(root, 'src/.dockerignore'), 'keep\n!keep/f.log\n*.md\n.dockerignore\n')
    const includes = await contextFilter(join(root, 'src'))
    copyTree(join(root, 'src'), join(root, 'out'), {includes})
    expect(matchGlob(join(root, 'out'), '**/*.*')).toEqual([
      'a.txt',
      'b.txt',
      'deep/d.txt',
      'deep/er/e.txt',
      'keep/f.log',
    ])
  })
})

describe('fingerprint', () => {
  const of = () => fingerprint(join(root, 'src'), () => true, false)

  it('changes with content, mode and names, not with times', () => {
    const before = of()
    utimesSync(join(root, 'src/a.txt'), 1, 1)
    expect(of()).toBe(before)
    chmodSync(join(root, 'src/a.txt'), 0o600)
    const after = of()
    expect(after).not.toBe(before)
    writeFileSync(join(root, 'src/a.txt'), 'A.txt')
    expect(of()).not.toBe(after)
  })
})
