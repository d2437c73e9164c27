import {describe, expect, it} from 'vitest'
import {expandWord, expandWords, splitWords} from '../../src/build/parse/expand.ts'

const variables = {A: 'one two', E: '', P: 'usr/local/lib.tar.gz', N: '3'}

describe('expandWord', () => {
  it.each([
    ['$A', 'one two'],
    ['"$A"x', 'one twox'],
    ["'$A'", '$A'],
    ['\\$A', '$A'],
    ['"\\$A \\n"', '$A \\n'],
    ['a\\ b', 'a b'],
    ['${N}rd', '3rd'],
    ['$none-x', '-x'],
    ['${none:-d $N}', 'd 3'],
    ['${E:-d}', 'd'],
    ['${E-d}', ''],
    ['${N:+set}', 'set'],
    ['${E:+set}', ''],
    ['${E+set}', 'set'],
    ['${none:-${N}}', '3'],
    ['${P#*/}', 'local/lib.tar.gz'],
    ['${P##*/}', 'lib.tar.gz'],
    ['${P%.*}', 'usr/local/lib.tar'],
    ['${P%%.*}', 'usr/local/lib'],
    ['${P/l/L}', 'usr/Local/lib.tar.gz'],
    ['${P//l/L}', 'usr/LocaL/Lib.tar.gz'],
    ['50$', '50$'],
    ['$(id)', '$(id)'],
  ])('%s is %j', (text, expected) => expect(expandWord(text, variables)).toBe(expected))

  it.each([
    ['${none:?not given}', 'none: not given'],
    ['${N', "missing '}'"],
    ['"open', 'matching double-quote'],
    ['${N@x}', 'unsupported modifier'],
  ])('refuses %s', (text, message) => expect(() => expandWord(text, variables)).toThrow(message))
})

describe('expandWords', () => {
  it.each([
    ['a  b', ['a', 'b']],
    ['$A', ['one', 'two']],
    ['"$A"', ['one two']],
    ['x$A', ['xone', 'two']],
    ['$E', []],
    ['""', ['']],
    ['a\\ b c', ['a b', 'c']],
  ])('%s is %j', (text, expected) => expect(expandWords(text, variables)).toEqual(expected))
})

describe('splitWords', () => {
  it.each([
    ['A="b c" D=e\\ f', ['A="b c"', 'D=e\\ f']],
    [`a 'b "c' d`, ['a', `'b "c'`, 'd']],
  ])('%s is %j', (text, expected) => expect(splitWords(text)).toEqual(expected))
})
