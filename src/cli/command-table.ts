import type {Command, Config, Interfaces} from '@oclif/core'
import type {ParsedFlags} from './pflag/parse-flags.ts'

/** The class a command file exports. */
export interface CommandClass {
  new (argv: string[], config: Config): {execute(invocation: Invocation): Promise<number>}
  readonly summary?: string
  readonly description?: string
  readonly usage?: string | string[]
  readonly examples: Command.Example[]
  readonly flags: Interfaces.FlagInput
  readonly args: Interfaces.ArgInput
  readonly aliases: string[]
  readonly hidden?: boolean
  readonly isGroup?: boolean
}

/** How the command was called: what stands before its own arguments. */
export interface Invocation {
  /** `['container', 'list']`, aliases resolved. */
  readonly path: readonly string[]
  /** Options of the program given before the command. */
  readonly globals: ParsedFlags
  /** The whole command line, for the record that `inspect` shows. */
  readonly argv: readonly string[]
  readonly table: CommandTable
}

/** A command as help and dispatch know it, without loading its module. */
export interface CommandEntry {
  /** Words after the program's name: `['container', 'list']`. */
  readonly path: readonly string[]
  readonly summary: string
  /** Other last words: `ls`. */
  readonly aliases: readonly string[]
  readonly hidden: boolean
  /** Has commands below it; its class is a `GroupCommand`. */
  readonly isGroup: boolean
  load(): Promise<CommandClass>
}

/** All commands; made by the build from the files under `commands/`. */
export class CommandTable {
  readonly #entries: readonly CommandEntry[]
  readonly #byPath = new Map<string, CommandEntry>()

  constructor(entries: readonly CommandEntry[]) {
    this.#entries = entries
    for (const entry of entries) {
      this.#byPath.set(entry.path.join(' '), entry)
      for (const alias of entry.aliases) this.#byPath.set([...entry.path.slice(0, -1), alias].join(' '), entry)
    }
  }

  /** The command with exactly this path, aliases of the last word included. */
  find(path: readonly string[]): CommandEntry | undefined {
    return this.#byPath.get(path.join(' '))
  }

  /** The commands directly below a group (the empty path is the program), sorted by name. */
  below(path: readonly string[]): CommandEntry[] {
    return this.#entries
      .filter((entry) => entry.path.length === path.length + 1 && path.every((word, i) => entry.path[i] === word))
      .sort((a, b) => ((a.path.at(-1) ?? '') < (b.path.at(-1) ?? '') ? -1 : 1))
  }

  all(): readonly CommandEntry[] {
    return this.#entries
  }
}
