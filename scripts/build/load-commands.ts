import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import type {CommandClass, CommandEntry} from '../../src/cli/command-table.ts'
import {commandFiles, commandsDirectory} from './command-files.ts'

export interface LoadedCommand {
  readonly file: string
  readonly entry: CommandEntry
  readonly type: CommandClass
}

/** Imports every command from its source. */
export async function loadCommands(root: string): Promise<LoadedCommand[]> {
  const directory = commandsDirectory(root)
  return Promise.all(
    commandFiles(directory).map(async ({file, path}) => {
      const type = await importCommand(join(directory, file))
      return {file, type, entry: entryOf(path, type)}
    }),
  )
}

function entryOf(path: readonly string[], type: CommandClass): CommandEntry {
  return {
    path,
    summary: type.summary ?? '',
    aliases: type.aliases,
    hidden: type.hidden ?? false,
    isGroup: type.isGroup ?? false,
    load: async () => type,
  }
}

async function importCommand(file: string): Promise<CommandClass> {
  const module = (await import(pathToFileURL(file).href)) as {readonly default: CommandClass}
  return module.default
}
