import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {loadCommands} from '../../scripts/build/load-commands.ts'
import {commandPage} from '../../src/cli/help/command-page.ts'

interface Entry {
  readonly hidden?: boolean
  readonly summary?: string
  readonly description?: string
  readonly examples?: readonly string[]
  readonly flags: Readonly<Record<string, Flag>>
}

interface Flag {
  readonly summary?: string
  readonly hidden?: boolean
  readonly type: 'boolean' | 'option'
  readonly char?: string
}

const root = join(import.meta.dirname, '../..')
const {commands} = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8')) as {
  commands: Readonly<Record<string, Entry>>
}
const shown = Object.entries(commands).filter(([, {hidden}]) => !hidden)
const isGroup = (id: string) => Object.keys(commands).some((other) => other.startsWith(`${id}:`))

it.each(shown)('the help page of %s says what it does, shows it, and explains every option', (id, entry) => {
  expect(entry.summary, 'summary').toMatch(/^[A-Z]/)
  if (!isGroup(id)) expect(entry.examples?.length ?? 0, 'examples').toBeGreaterThan(0)
  const silent = Object.entries(entry.flags).filter(([, {summary, hidden}]) => !summary && !hidden)
  expect(silent.map(([name]) => name)).toEqual([])
})

/** What follows the image or container is a command line of its own; `top` takes those of ps(1). */
const endsAtFirstWord = /(^|:)(run|create|exec)$/
const othersOptions = new Set(['top', 'container:top'])

it.each(shown.filter(([id, {examples}]) => examples && !othersOptions.has(id)))(
  'the examples of %s use options that it has',
  (id, {examples = [], flags}) => {
    const stopEarly = endsAtFirstWord.test(id) && !/^(pod|network|volume|secret|manifest):/.test(id)
    const unknown = examples.flatMap((example) => unknownOptions(wordsAfterCommand(example), flags, stopEarly))
    expect(unknown).toEqual([])
  },
)

function wordsAfterCommand(example: string): string[] {
  const [, after = ''] = example.split('<%= command.id %>')
  const words = after.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? []
  const end = words.findIndex((word) => ['|', '>', '<', '--', '&&'].includes(word))
  return end < 0 ? words : words.slice(0, end)
}

function unknownOptions(words: readonly string[], flags: Entry['flags'], stopEarly: boolean): string[] {
  const unknown: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word === '-' || !word.startsWith('-')) {
      if (stopEarly) break
      continue
    }
    const names = word.startsWith('--') ? [word.slice(2).split('=')[0] ?? ''] : longNames(word.slice(1), flags)
    for (const name of names) if (!Object.hasOwn(flags, name)) unknown.push(word)
    const takesNext = flags[names.at(-1) ?? '']?.type === 'option' && !(word.startsWith('--') && word.includes('='))
    if (takesNext) at++
  }
  return unknown
}

/** `-it` is two options, `-eFOO=bar` one with its value. */
function longNames(letters: string, flags: Entry['flags']): string[] {
  const names: string[] = []
  for (const letter of letters) {
    const [name, flag] = Object.entries(flags).find(([, {char}]) => char === letter) ?? [letter]
    names.push(name)
    if (flag?.type === 'option') break
  }
  return names
}

const pages = await loadCommands(root)

it.each(pages.map(({entry, type}) => [entry.path.join(' '), entry, type] as const))(
  'the help page of %s lists every option once, in a section that has some',
  (_, entry, type) => {
    const page = commandPage(entry.path, entry, type)
    const sections = page.split(/^(?=\S.*:$)/m).filter((text) => /^(.* options|Options):\n/.test(text))
    const listed = sections.map((text) => [...text.matchAll(/^ {2}(?:-\w, | {4})--([\w-]+)/gm)].map(([, name]) => name))
    const visible = Object.entries(type.flags ?? {}).filter(([, flag]) => !flag.hidden && !flag.deprecated)
    expect(listed.flat().toSorted()).toEqual(visible.map(([name]) => name).toSorted())
    for (const [index, names] of listed.entries()) expect(names, sections[index]).not.toEqual([])
    const titles = sections.map((text) => text.split('\n')[0])
    expect(new Set(titles).size).toBe(titles.length)
  },
)

it('a page with many options has them in sections', () => {
  const long = pages.filter(({type}) => Object.values(type.flags ?? {}).filter(({hidden}) => !hidden).length > 30)
  const withoutSections = long.filter(({entry, type}) => !/^\S.* options:$/m.test(commandPage(entry.path, entry, type)))
  expect(long.length).toBeGreaterThan(5)
  expect(withoutSections.map(({entry}) => entry.path.join(' '))).toEqual([])
})
