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
  readonly flags: Readonly<Record<string, {readonly summary?: string; readonly hidden?: boolean}>>
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
