import {describe, expect, it} from 'vitest'
import {
  familiarName,
  formatReference,
  isShortName,
  parseLocalReference,
  parseReference,
  withDefaultTag,
} from '../../src/image/index.ts'

const digest = `sha256:${'ab'.repeat(32)}`

describe('parseReference', () => {
  it.each([
    ['busybox', 'docker.io/library/busybox'],
    ['team/app:1.2', 'docker.io/team/app:1.2'],
    ['docker.io/busybox', 'docker.io/library/busybox'],
    ['index.docker.io/team/app', 'docker.io/team/app'],
    ['localhost/app', 'localhost/app'],
    ['localhost:5000/app', 'localhost:5000/app'],
    ['quay.io/a/b/c:tag', 'quay.io/a/b/c:tag'],
    ['Upper/app', 'Upper/app'],
    ['[::1]:5000/app:x', '[::1]:5000/app:x'],
    [`quay.io/a@${digest}`, `quay.io/a@${digest}`],
    [`quay.io/a:tag@${digest}`, `quay.io/a:tag@${digest}`],
    ['a__b/c---d.e', 'docker.io/a__b/c---d.e'],
  ])('%s is %s', (text, full) => {
    expect(formatReference(parseReference(text))).toBe(full)
  })

  it.each([
    '',
    ':tag',
    'a:b:c',
    'a b',
    '/a',
    'a/',
    'a//b',
    'a:',
    'a@sha256:12',
    '-a',
    'a..b',
    `a:${'x'.repeat(129)}`,
    'ab'.repeat(32),
  ])('refuses "%s"', (text) => {
    expect(() => parseReference(text)).toThrow(expect.objectContaining({code: 'ERR_REFERENCE_INVALID'}))
  })

  it('says that capitals are the trouble', () => {
    expect(() => parseReference('quay.io/Team/app')).toThrow(
      /invalid reference format: repository name must be lowercase/,
    )
  })
})

it('gives local names to localhost and a tag', () => {
  expect(formatReference(parseLocalReference('app'))).toBe('localhost/app:latest')
  expect(formatReference(parseLocalReference('docker.io/app'))).toBe('docker.io/library/app:latest')
  expect(formatReference(parseLocalReference('quay.io/team/app:2'))).toBe('quay.io/team/app:2')
})

it('adds no tag to a digest', () => {
  expect(formatReference(withDefaultTag(parseReference(`a@${digest}`)))).toBe(`docker.io/library/a@${digest}`)
})

it('tells short names', () => {
  expect(['a', 'a/b', 'a:1'].map(isShortName)).toEqual([true, true, true])
  expect(['localhost/a', 'a.b/c', 'a:5000/c'].map(isShortName)).toEqual([false, false, false])
})

it('shows docker.io names as docker does', () => {
  expect(familiarName(parseReference('docker.io/library/a:1'))).toBe('a:1')
  expect(familiarName(parseReference('docker.io/b/a'))).toBe('b/a')
  expect(familiarName(parseReference('quay.io/b/a'))).toBe('quay.io/b/a')
})
