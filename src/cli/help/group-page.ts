import type {CommandTable} from '../command-table.ts'
import {globalFlags} from '../global-flags.ts'
import type {FlagSet} from '../pflag/parse-flags.ts'
import {flagLines} from './flag-lines.ts'
import {indent, section} from './section.ts'

const PROGRAM = 'Manage containers and images, plain or each in a virtual machine of its own'

/** The help page of a group of commands; of the program itself for the empty path. */
export async function groupPage(path: readonly string[], table: CommandTable): Promise<string> {
  return `${path.length === 0 ? programPage(table) : await groupOf(path, table)}\n`
}

function programPage(table: CommandTable): string {
  return [
    `${PROGRAM}\n`,
    section('Usage', indent('berth [options] [command]')),
    section('Available Commands', commandLines([], table)),
    section('Options', flagLines(globalFlags as unknown as FlagSet).trimEnd()),
  ].join('\n')
}

async function groupOf(path: readonly string[], table: CommandTable): Promise<string> {
  const entry = table.find(path)
  const type = await entry?.load()
  return [
    `${type?.summary ?? ''}\n`,
    section('Description', indent(type?.description ?? type?.summary ?? '')),
    section('Usage', indent(`${['berth', ...path].join(' ')} [command]`)),
    ...(entry && entry.aliases.length > 0
      ? [section('Aliases', indent([path.at(-1), ...entry.aliases].join(', ')))]
      : []),
    section('Available Commands', commandLines(path, table)),
  ].join('\n')
}

function commandLines(path: readonly string[], table: CommandTable): string {
  const rows = table
    .below(path)
    .filter((entry) => !entry.hidden)
    .map((entry) => [entry.path.at(-1) ?? '', entry.summary] as const)
  if (path.length === 0) rows.push(['help', 'Help about any command'])
  rows.sort(([a], [b]) => (a < b ? -1 : 1))
  const width = Math.max(11, ...rows.map(([name]) => name.length))
  return rows.map(([name, summary]) => `  ${name.padEnd(width)} ${summary}`).join('\n')
}
