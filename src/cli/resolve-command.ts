import type {CommandEntry, CommandTable} from './command-table.ts'
import {acceptedFlags} from './engine-command.ts'
import {globalFlags} from './global-flags.ts'
import {FlagError, type FlagSet, type ParsedFlags, parseFlags} from './pflag/parse-flags.ts'

/** What a command line asks for, found by walking its words from group to group. */
export type Resolved =
  | ({readonly kind: 'command'; readonly entry: CommandEntry; readonly args: readonly string[]} & Place)
  /** A group, or the program itself, without a command. */
  | ({readonly kind: 'group'} & Place)
  | ({readonly kind: 'unknown'; readonly word: string; readonly args: readonly string[]} & Place)
  | {readonly kind: 'badFlag'; readonly path: readonly string[]; readonly error: FlagError}

interface Place {
  readonly path: readonly string[]
  /** Options of the program so far. */
  readonly globals: ParsedFlags
}

/**
 * Finds the command: at each level the program's options are read up to the first word, which names the next level.
 * Everything behind a command that is no group is its own.
 */
export function resolveCommand(argv: readonly string[], table: CommandTable): Resolved {
  let path: readonly string[] = []
  let globals: ParsedFlags | undefined
  let rest = argv
  for (;;) {
    try {
      globals = merge(globals, parseFlags(rest, flagsAt(path), {stopAtFirstPositional: true}))
    } catch (error) {
      if (error instanceof FlagError) return {kind: 'badFlag', path, error}
      throw error
    }
    const [word, ...args] = globals.positionals
    if (word === undefined) return {kind: 'group', path, globals}
    const entry = table.find([...path, word])
    if (!entry) return {kind: 'unknown', path, globals, word, args}
    path = entry.path
    if (!entry.isGroup) return {kind: 'command', path, globals, entry, args}
    rest = args
  }
}

function flagsAt(path: readonly string[]): FlagSet {
  return path.length === 0 ? (globalFlags as unknown as FlagSet) : acceptedFlags({})
}

function merge(outer: ParsedFlags | undefined, inner: ParsedFlags): ParsedFlags {
  if (!outer) return inner
  const values = {...outer.values}
  for (const name of inner.changed) values[name] = inner.values[name]
  return {values, changed: new Set([...outer.changed, ...inner.changed]), positionals: inner.positionals}
}
