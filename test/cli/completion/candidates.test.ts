import {expect, it} from 'vitest'
import Ps from '../../../commands/ps.ts'
import Start from '../../../commands/start.ts'
import type {CommandClass, CommandEntry} from '../../../src/cli/command-table.ts'
import {CommandTable} from '../../../src/cli/command-table.ts'
import {completionsFor, type NamesOf} from '../../../src/cli/completion/candidates.ts'
import {objectKind} from '../../../src/cli/completion/object-kind.ts'

const entry = (path: string[], type: unknown, more: Partial<CommandEntry> = {}): CommandEntry => ({
  ...{path, summary: `does ${path.at(-1)}`, aliases: [], hidden: false, isGroup: false},
  load: async () => type as CommandClass,
  ...more,
})

const table = new CommandTable([
  entry(['ps'], Ps),
  entry(['start'], Start),
  entry(['secretly'], Ps, {hidden: true}),
  entry(['container'], Ps, {isGroup: true}),
  entry(['container', 'list'], Ps, {aliases: ['ls']}),
])

const namesOf: NamesOf = async (kind) => [
  {text: `web-${kind}`, description: ''},
  {text: `db-${kind}`, description: ''},
]

const offers = async (...words: string[]) =>
  (await completionsFor(words, table, namesOf)).candidates.map(({text}) => text)

it.each([
  [[''], ['container', 'ps', 'start']],
  [['s'], ['start']],
  [['container', 'l'], ['list']],
  [['--log-level', 'debug', 'p'], ['ps']],
  [['ps', '--no'], ['--network-cmd-path', '--no-trunc', '--noheading'].slice(1)],
  [['container', 'ls', '--sort', 'n'], ['names']],
  [['ps', '--sort=ru'], ['--sort=runningfor']],
  [['--log-level='], expect.arrayContaining(['--log-level=debug'])],
  [
    ['start', ''],
    ['web-container', 'db-container'],
  ],
  [['start', 'web-container', 'd'], ['db-container']],
  [['nosuch', ''], expect.anything()],
])('after %j offers %j', async (words, expected) => {
  expect(await offers(...words)).toEqual(expected)
})

it('leaves an option that takes any text to the shell’s files', async () => {
  expect(await completionsFor(['ps', '--format', ''], table, namesOf)).toEqual({candidates: [], files: true})
})

it.each([
  ['CONTAINER [CONTAINER...]', 3, 'container'],
  ['CONTAINER NAME', 1, undefined],
  ['IMAGE [COMMAND [ARG...]]', 0, 'image'],
  ['IMAGE [COMMAND [ARG...]]', 1, undefined],
  ['{CONTAINER|IMAGE}', 0, 'any'],
  ['[VOLUME...]', 0, 'volume'],
  ['', 0, undefined],
])('%s has at %d: %s', (usage, position, kind) => {
  expect(objectKind(usage, position)).toBe(kind)
})
