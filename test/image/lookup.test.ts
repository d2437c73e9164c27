import {describe, expect, it} from 'vitest'
import type {ImageIndex} from '../../src/image/image-record.ts'
import {type Digest, parseReference} from '../../src/image/index.ts'
import {lookupName} from '../../src/image/lookup.ts'

const idA = `aaa1${'0'.repeat(60)}`
const idB = `aaa2${'0'.repeat(60)}`
const idC = `bad${'0'.repeat(61)}`
const digestA: Digest = `sha256:${'1'.repeat(64)}`
const digestB: Digest = `sha256:${'2'.repeat(64)}`

const index: ImageIndex = {
  version: 1,
  images: {
    [idA]: {names: ['localhost/app:latest', 'quay.io/team/tool:1'], namesHistory: [], digests: [digestA]},
    [idB]: {
      names: ['docker.io/library/app:latest', 'docker.io/library/web:latest'],
      namesHistory: [],
      digests: [digestB],
    },
    [idC]: {names: [`quay.io/team/pinned@${digestB}`, 'localhost/aaa1:latest'], namesHistory: [], digests: [digestB]},
  },
}

describe('lookupName', () => {
  it.each([
    ['a full id', idA, idA],
    ['sha256 and a full id', `sha256:${idB}`, idB],
    ['part of an id', 'aaa2', idB],
    ['part of an id before a name', 'aaa1', idA],
    ['localhost before docker.io', 'app', idA],
    ['docker.io', 'web', idB],
    ['a full name', 'docker.io/library/app:latest', idB],
    ['a full name without tag', 'docker.io/app', idB],
    ['the end of a repository', 'team/tool:1', idA],
    ['the last part of a repository', 'tool:1', idA],
    ['a digest', `docker.io/library/web@${digestB}`, idB],
    ['a tag and a digest', `docker.io/library/web:latest@${digestB}`, idB],
    ['a name with digest', `quay.io/team/pinned@${digestB}`, idC],
    ['a short name with digest', `tool@${digestA}`, idA],
  ])('finds %s', (_, text, id) => {
    expect(lookupName(index, text).id).toBe(id)
  })

  it.each(['tool', 'ool:1', 'quay.io/web', 'nope', `web@${digestA}`, 'f'.repeat(64), `sha256:${'f'.repeat(64)}`])(
    'does not find %s',
    (text) => {
      expect(() => lookupName(index, text)).toThrow(`${text}: image not known`)
    },
  )

  it('tells the name that was meant', () => {
    expect(lookupName(index, 'tool:1').name).toBe('quay.io/team/tool:1')
    expect(lookupName(index, 'aaa2').name).toBe('aaa2')
  })

  it('lists the candidates of an ambiguous id', () => {
    expect(() => lookupName(index, 'aaa')).toThrow(/aaa100000000, aaa200000000: more than one image matches/)
  })

  it('takes an alias before localhost and search registries after it', () => {
    const shortNames = {
      alias: (short: string) => (short === 'app' ? parseReference('docker.io/library/app') : undefined),
      searched: (short: string) => [parseReference(`quay.io/team/${short}`)],
    }
    expect(lookupName(index, 'app', shortNames).id).toBe(idB)
    expect(lookupName(index, 'tool:1', shortNames).id).toBe(idA)
  })

  it('refuses a short sha256', () => {
    expect(() => lookupName(index, 'sha256:aaa')).toThrow('sha256:aaa: invalid format: no 64-byte hexadecimal value')
  })
})
