import {describe, expect, it} from 'vitest'
import * as flags from '../../../src/cli/flags.ts'
import {type FlagSet, parseFlags} from '../../../src/cli/pflag/parse-flags.ts'

const set = {
  all: flags.bool({char: 'a', summary: ''}),
  detach: flags.bool({char: 'd', summary: ''}),
  env: flags.array({char: 'e', summary: ''}),
  interactive: flags.bool({char: 'i', summary: ''}),
  last: flags.int({char: 'n', summary: '', default: -1}),
  net: flags.list({summary: '', aliases: ['network']}),
  name: flags.string({summary: ''}),
  old: flags.bool({summary: '', deprecated: 'use --new'}),
  options: flags.map({summary: ''}),
  pull: flags.string({summary: '', implied: 'always'}),
  share: flags.uint64({char: 'c', summary: ''}),
  sort: flags.choice({summary: '', choices: ['id', 'names']}),
  sync: flags.bool({summary: '', default: true}),
  tty: flags.bool({char: 't', summary: ''}),
  wait: flags.duration({summary: ''}),
} as unknown as FlagSet

const parse = (...argv: string[]) => parseFlags(argv, set)
const value = (name: string, ...argv: string[]) => parse(...argv).values[name]

describe('parseFlags', () => {
  it('reads values behind a space and behind an equals sign', () => {
    expect(value('name', '--name', 'web')).toBe('web')
    expect(value('name', '--name=web')).toBe('web')
    expect(value('name', '--name=')).toBe('')
    expect(value('name', '--name=a=b')).toBe('a=b')
  })

  it('reads combined letters, the last one with its value', () => {
    expect(parse('-dit').values).toMatchObject({detach: true, interactive: true, tty: true})
    expect(parse('-ditn', '5').values).toMatchObject({detach: true, last: 5})
    expect(value('env', '-eA=1')).toEqual(['A=1'])
    expect(value('env', '-e=A=1')).toEqual(['A=1'])
    expect(value('env', '-e', 'A=1')).toEqual(['A=1'])
  })

  it('takes a value for a switch only behind an equals sign', () => {
    expect(parse('--all=false', 'x')).toMatchObject({values: {all: false}, positionals: ['x']})
    expect(parse('--all', 'false')).toMatchObject({values: {all: true}, positionals: ['false']})
    expect(parse('-a=false').values.all).toBe(false)
    expect(value('sync', '--sync=0')).toBe(false)
    expect(value('sync')).toBe(true)
  })

  it('collects repeated values, and splits those of lists at commas', () => {
    expect(value('env', '-e', 'A=1,2', '-e', 'B')).toEqual(['A=1,2', 'B'])
    expect(value('net', '--net', 'a,b', '--network=c')).toEqual(['a', 'b', 'c'])
    expect(value('net', '--net', '"a,b",c')).toEqual(['a,b', 'c'])
    expect(value('options', '--options', 'a=1,b=2', '--options', 'a=3')).toEqual({a: '3', b: '2'})
    expect(value('env')).toEqual([])
  })

  it('lets the last of several single values win', () => {
    expect(value('name', '--name', 'a', '--name', 'b')).toBe('b')
  })

  it('takes an option with an implied value without eating the next word', () => {
    expect(parse('--pull', 'x')).toMatchObject({values: {pull: 'always'}, positionals: ['x']})
    expect(value('pull', '--pull=never')).toBe('never')
  })

  it('reads numbers as Go does', () => {
    expect(value('last', '-n', '0x10')).toBe(16)
    expect(value('last', '-n', '-3')).toBe(-3)
    expect(value('last', '-n', '010')).toBe(8)
    expect(value('last', '-n', '1_000')).toBe(1000)
    expect(value('wait', '--wait', '1h30m')).toBe(5400e9)
    expect(value('wait', '--wait', '1.5s')).toBe(1.5e9)
  })

  it('leaves what follows two dashes alone', () => {
    expect(parse('-a', '--', '-d', '--name').positionals).toEqual(['-d', '--name'])
  })

  it('takes a single dash as an argument', () => {
    expect(parse('-', '-a').positionals).toEqual(['-'])
  })

  it('stops at the first positional when told to', () => {
    const parsed = parseFlags(['-a', 'image', 'ls', '-l', '--name', 'x'], set, {stopAtFirstPositional: true})
    expect(parsed.positionals).toEqual(['image', 'ls', '-l', '--name', 'x'])
    expect(parsed.values).toMatchObject({all: true, name: undefined})
  })

  it('knows which options were given', () => {
    expect([...parse('--sync', '-n', '-1').changed]).toEqual(['sync', 'last'])
  })

  it('tells of a deprecated option once', () => {
    const told: string[] = []
    parseFlags(['--old', '--old'], set, {onDeprecated: (text) => told.push(text)})
    expect(told).toEqual(['Flag --old has been deprecated, use --new'])
  })

  it.each([
    [['--foo'], 'unknown flag: --foo'],
    [['--foo=1'], 'unknown flag: --foo'],
    [['-Z'], "unknown shorthand flag: 'Z' in -Z"],
    [['-dZi'], "unknown shorthand flag: 'Z' in -Zi"],
    [['--name'], 'flag needs an argument: --name'],
    [['-e'], "flag needs an argument: 'e' in -e"],
    [['-de'], "flag needs an argument: 'e' in -e"],
    [['--=x'], 'bad flag syntax: --=x'],
    [['---x'], 'bad flag syntax: ---x'],
    [['-n', 'x'], 'invalid argument "x" for "-n, --last" flag: strconv.ParseInt: parsing "x": invalid syntax'],
    [['-c', '-1'], 'invalid argument "-1" for "-c, --share" flag: strconv.ParseUint: parsing "-1": invalid syntax'],
    [
      ['-c', '99999999999999999999'],
      'invalid argument "99999999999999999999" for "-c, --share" flag: strconv.ParseUint: parsing "99999999999999999999": value out of range',
    ],
    [
      ['--all=maybe'],
      'invalid argument "maybe" for "-a, --all" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [['--wait', '5'], 'invalid argument "5" for "--wait" flag: time: missing unit in duration "5"'],
    [
      ['--sort', 'size'],
      'invalid argument "size" for "--sort" flag: "size" is not a valid value.  Choose from: "id, names"',
    ],
    [['--options', 'a'], 'invalid argument "a" for "--options" flag: a must be formatted as key=value'],
  ])('refuses %j', (argv, message) => {
    expect(() => parse(...argv)).toThrow(message)
  })
})
