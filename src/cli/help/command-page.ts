import type {CommandClass, CommandEntry} from '../command-table.ts'
import type {FlagSet} from '../pflag/parse-flags.ts'
import {optionSections} from './flag-lines.ts'
import {indent, section} from './section.ts'

/** The help page of a command, laid out as cobra lays out podman's. */
export function commandPage(path: readonly string[], entry: CommandEntry, type: CommandClass): string {
  const name = ['berth', ...path].join(' ')
  const options = optionSections((type.flags ?? {}) as unknown as FlagSet)
  const usage = [name, options.length > 0 && '[options]', [type.usage ?? []].flat().join(' ')].filter(Boolean).join(' ')
  return [
    `${type.summary ?? ''}\n`,
    section('Description', indent(type.description ?? type.summary ?? '')),
    section('Usage', indent(usage)),
    entry.aliases.length > 0 && section('Aliases', indent([path.at(-1), ...entry.aliases].join(', '))),
    type.examples?.length && section('Examples', indent(exampleLines(name, type).join('\n'))),
    ...options,
  ]
    .filter(Boolean)
    .join('\n')
    .concat('\n')
}

/** oclif's placeholders: an example is written once and right for every name of the command. */
function exampleLines(name: string, type: CommandClass): string[] {
  return type.examples.map((example) => {
    const line = typeof example === 'string' ? example : example.command
    return line.replaceAll(/<%= *config\.bin *%> *<%= *command\.id *%>|<%= *command\.id *%>/g, name)
  })
}
