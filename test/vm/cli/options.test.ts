import {describe, expect, it} from 'vitest'
import {requireContainerID} from '../../../src/vm/cli/container-id.ts'
import {type OptionTable, parseOptions} from '../../../src/vm/cli/options.ts'

const table: OptionTable = {
  bundle: {kind: 'value', short: 'b', summary: ''},
  env: {kind: 'list', short: 'e', summary: ''},
  force: {kind: 'flag', short: 'f', summary: ''},
}

describe('options', () => {
  it.each([['--bundle', 'x'], ['-bundle', 'x'], ['-b', 'x'], ['--bundle=x'], ['-b=x']])(
    'are read from %s',
    (...words) => {
      const {options, args} = parseOptions([...words, 'id'], table, false)
      expect([options.value('bundle'), args]).toEqual(['x', ['id']])
    },
  )

  it('may follow the arguments of a verb, but not a command line', () => {
    expect(parseOptions(['id', '--force'], table, false).options.flag('force')).toBe(true)
    const exec = parseOptions(['-e', 'A=1', 'id', 'ls', '-e', '--force'], table, true)
    expect([exec.options.list('env'), exec.options.flag('force'), exec.args]).toEqual([
      ['A=1'],
      false,
      ['id', 'ls', '-e', '--force'],
    ])
  })

  it('end at --', () => {
    expect(parseOptions(['--force', '--', '--bundle'], table, false).args).toEqual(['--bundle'])
  })

  it.each([[['--nope']], [['--bundle']], [['--force=maybe']]])('%j are refused', (words) => {
    expect(() => parseOptions(words, table, false)).toThrow(expect.objectContaining({code: 'ERR_REFUSED'}))
  })
})

describe('container id', () => {
  it.each(['a', 'A_1.b-c', 'x'.repeat(128)])('%s is one', (id) => expect(requireContainerID(id)).toBe(id))

  it.each(['', '.', '..', '-a', 'a/b', 'a b', 'ä', 'x'.repeat(129), undefined])('%s is none', (id) => {
    expect(() => requireContainerID(id)).toThrow(expect.objectContaining({code: 'ERR_INVALID_ARG'}))
  })
})
