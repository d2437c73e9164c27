import {describe, expect, it} from 'vitest'
import {DetachKeyFilter, parseDetachKeys} from '../../src/shim/detach-keys.ts'

function feed(keys: string, ...chunks: string[]): {passed: string; detached: boolean} {
  const filter = new DetachKeyFilter(parseDetachKeys(keys))
  let passed = ''
  for (const chunk of chunks) {
    const {pass, detached} = filter.feed(Buffer.from(chunk, 'latin1'))
    passed += Buffer.from(pass).toString('latin1')
    if (detached) return {passed, detached}
  }
  return {passed, detached: false}
}

describe('detach keys', () => {
  it('are single characters and control keys', () => {
    expect([...parseDetachKeys('ctrl-p,ctrl-q')]).toEqual([0x10, 0x11])
    expect([...parseDetachKeys('a,ctrl-@,ctrl-[')]).toEqual([0x61, 0, 0x1b])
    expect([...parseDetachKeys('')]).toEqual([])
    expect(() => parseDetachKeys('ctrl-ä')).toThrow(expect.objectContaining({code: 'ERR_REFUSED'}))
  })

  it('end the connection, also in two pieces, and are not passed on', () => {
    expect(feed('ctrl-p,ctrl-q', 'ab\x10\x11cd')).toEqual({passed: 'ab', detached: true})
    expect(feed('ctrl-p,ctrl-q', 'ab\x10', '\x11')).toEqual({passed: 'ab', detached: true})
  })

  it('are passed on when the rest does not follow', () => {
    expect(feed('ctrl-p,ctrl-q', '\x10x')).toEqual({passed: '\x10x', detached: false})
    expect(feed('a,a,b', 'aaab')).toEqual({passed: 'a', detached: true})
    expect(feed('a,b,a,c', 'ababac')).toEqual({passed: 'ab', detached: true})
  })

  it('do nothing when there are none', () => {
    expect(feed('', '\x10\x11')).toEqual({passed: '\x10\x11', detached: false})
  })
})
