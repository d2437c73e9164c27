import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'

interface Entry {
  readonly hidden?: boolean
  readonly summary?: string
  readonly description?: string
  readonly examples?: readonly string[]
  readonly flags: Readonly<Record<string, {readonly summary?: string; readonly hidden?: boolean}>>
}

const path = join(import.meta.dirname, '../../oclif.manifest.json')
const {commands} = JSON.parse(readFileSync(path, 'utf8')) as {commands: Readonly<Record<string, Entry>>}
const shown = Object.entries(commands).filter(([, {hidden}]) => !hidden)
const isGroup = (id: string) => Object.keys(commands).some((other) => other.startsWith(`${id}:`))

it.each(shown)('the help page of %s says what it does, shows it, and explains every option', (id, entry) => {
  expect(entry.summary, 'summary').toMatch(/^[A-Z]/)
  if (!isGroup(id)) expect(entry.examples?.length ?? 0, 'examples').toBeGreaterThan(0)
  const silent = Object.entries(entry.flags).filter(([, {summary, hidden}]) => !summary && !hidden)
  expect(silent.map(([name]) => name)).toEqual([])
})
