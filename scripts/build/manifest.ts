import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {CommandClass} from '../../src/cli/command-table.ts'
import type {FlagDefinition} from '../../src/cli/flags.ts'
import {valueKinds} from '../../src/cli/pflag/value-kind.ts'
import {writeFileAtomic} from '../../src/host/atomic-file.ts'
import type {LoadedCommand} from './load-commands.ts'

/**
 * oclif's manifest: every command with its options and arguments as data. `valueType` is ours: the kind of an option's
 * values, in the words of the command reference.
 */
export function manifestText(commands: readonly LoadedCommand[]): string {
  const entries = commands.map((command) => [command.entry.path.join(':'), cached(command)])
  return `${JSON.stringify({commands: Object.fromEntries(entries), version: packageVersion()}, null, 2)}\n`
}

export function writeManifest(root: string, text: string): void {
  writeFileAtomic(join(root, 'oclif.manifest.json'), text, {mode: 0o644})
}

function packageVersion(): string {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')
  return (JSON.parse(text) as {version: string}).version
}

function cached({file, entry, type}: LoadedCommand): object {
  return {
    id: entry.path.join(':'),
    aliases: entry.aliases.map((alias) => [...entry.path.slice(0, -1), alias].join(':')),
    hiddenAliases: [],
    hidden: entry.hidden,
    isGroup: entry.isGroup,
    summary: type.summary,
    description: type.description,
    usage: type.usage,
    examples: type.examples,
    strict: (type as CommandClass & {readonly strict: boolean}).strict,
    args: Object.fromEntries(Object.entries(type.args).map(([name, arg]) => [name, argData(name, arg)])),
    flags: Object.fromEntries(
      Object.entries(type.flags ?? {}).map(([name, flag]) => [name, flagData(name, flag as never)]),
    ),
    pluginName: 'berth',
    pluginType: 'core',
    isESM: true,
    relativePath: ['dist', 'commands', ...file.replace(/\.ts$/, '.js').split('/')],
  }
}

function argData(name: string, arg: {required?: boolean; multiple?: boolean; description?: string}): object {
  return {name, required: arg.required, multiple: arg.multiple, description: arg.description}
}

function flagData(name: string, flag: FlagDefinition<unknown>): object {
  const {char, summary, hidden, deprecated, aliases, type, implied, suggests} = flag
  const valueType = Object.entries(valueKinds).find(([, kind]) => kind === (flag.kind as unknown))?.[0]
  return {name, char, summary, hidden, deprecated, aliases, type, valueType, default: flag.default, implied, suggests}
}
