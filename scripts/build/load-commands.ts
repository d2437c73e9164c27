import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import type {CommandClass, CommandEntry} from '../../src/cli/command-table.ts'
import {commandFiles, commandsDirectory} from './command-files.ts'

export interface LoadedCommand {
  readonly file: string
  readonly entry: CommandEntry
  readonly type: CommandClass
}

export interface LoadOptions {
  /** Told of a command whose module does not load, and goes on without it. Left out, the first such failure is thrown. */
  readonly onBroken?: (file: string, error: unknown) => void
}

/** Imports every command from its source. */
export async function loadCommands(root: string, options: LoadOptions = {}): Promise<LoadedCommand[]> {
  const directory = commandsDirectory(root)
  const loaded = commandFiles(directory).map(async ({file, path}): Promise<LoadedCommand[]> => {
    try {
      const type = await importCommand(join(directory, file))
      return [{file, type, entry: entryOf(path, type)}]
    } catch (error) {
      if (!options.onBroken) throw error
      options.onBroken(file, error)
      return []
    }
  })
  return (await Promise.all(loaded)).flat()
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
