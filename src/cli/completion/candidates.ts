import type {CommandEntry, CommandTable} from '../command-table.ts'
import {acceptedFlags} from '../engine-command.ts'
import type {FlagDefinition} from '../flags.ts'
import {globalFlags} from '../global-flags.ts'
import type {FlagSet} from '../pflag/parse-flags.ts'
import {type ObjectKind, objectKind} from './object-kind.ts'

export interface Candidate {
  readonly text: string
  readonly description: string
}

/** Names of objects of the engine, for arguments; ids that begin with what is typed. */
export type NamesOf = (kind: ObjectKind, command: string, typed: string) => Promise<readonly Candidate[]>

export interface Completion {
  readonly candidates: readonly Candidate[]
  /** The shell may offer files as well. */
  readonly files: boolean
}

/**
 * What may stand where the last word is: commands, options, an option's values, or names of objects.
 * @param words the command line without the program's name; the last one is being typed and may be empty
 */
export async function completionsFor(
  words: readonly string[],
  table: CommandTable,
  namesOf: NamesOf,
): Promise<Completion> {
  const typed = words.at(-1) ?? ''
  const place = walk(words.slice(0, -1), table)
  const [, name, value] = /^(--[^=]+)=(.*)$/s.exec(typed) ?? []
  const flags = await flagsAt(place.entry)
  if (name !== undefined)
    return prefixed(`${name}=`, value ?? '', await valuesOf(flags, name.slice(2), value ?? '', namesOf))
  const waiting = waitingFlag(place.before, flags)
  if (waiting) return matching(typed, await valuesOf(flags, waiting, typed, namesOf))
  if (typed.startsWith('-') && !place.optionsEnded) return matching(typed, {candidates: flagNames(flags), files: false})
  if (!place.entry || place.entry.isGroup)
    return matching(typed, {candidates: commandsBelow(place.path, table), files: false})
  return matching(typed, await argumentsOf(place.entry, place.positionals, typed, namesOf))
}

interface PlaceInLine {
  readonly path: readonly string[]
  readonly entry?: CommandEntry
  /** The word before the typed one, when it may be an option that waits for its value. */
  readonly before: string
  readonly positionals: number
  readonly optionsEnded: boolean
}

/** Options are skipped without their values being understood: a value that is a command's name is rare. */
function walk(words: readonly string[], table: CommandTable): PlaceInLine {
  let entry: CommandEntry | undefined
  let path: readonly string[] = []
  let positionals = 0
  const flags = globalFlags as unknown as FlagSet
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ''
    if (word.startsWith('-')) {
      const flag = flags[word.replace(/^--/, '')]
      if (!entry && flag && flag.kind.implied === undefined) i++
    } else if (!entry || entry.isGroup) {
      const next = table.find([...path, word])
      if (!next) break
      entry = next
      path = next.path
    } else positionals++
  }
  return {path, entry, positionals, before: words.at(-1) ?? '', optionsEnded: words.includes('--')}
}

async function flagsAt(entry: CommandEntry | undefined): Promise<FlagSet> {
  if (!entry) return globalFlags as unknown as FlagSet
  return acceptedFlags(await entry.load())
}

function waitingFlag(before: string, flags: FlagSet): string | undefined {
  const found = Object.entries(flags).find(
    ([name, flag]) => before === `--${name}` || (flag.char !== undefined && before === `-${flag.char}`),
  )
  return found && found[1].kind.implied === undefined && found[1].implied === undefined ? found[0] : undefined
}

function flagNames(flags: FlagSet): Candidate[] {
  return Object.entries(flags)
    .filter(([, flag]) => !flag.hidden)
    .map(([name, flag]) => ({text: `--${name}`, description: flag.summary ?? ''}))
}

const FLAG_OBJECTS: Readonly<Record<string, ObjectKind>> = {
  network: 'network',
  pod: 'pod',
  requires: 'container',
  secret: 'secret',
  'volumes-from': 'container',
}

async function valuesOf(flags: FlagSet, name: string, typed: string, namesOf: NamesOf): Promise<Completion> {
  const flag: FlagDefinition<unknown> | undefined = flags[name]
  const words = (flag?.suggests ?? []).map((text) => ({text, description: ''}))
  const kind = FLAG_OBJECTS[name]
  const names = kind ? await namesOf(kind, '', typed) : []
  return {candidates: [...words, ...names], files: words.length + names.length === 0}
}

function commandsBelow(path: readonly string[], table: CommandTable): Candidate[] {
  return table
    .below(path)
    .filter((entry) => !entry.hidden)
    .map((entry) => ({text: entry.path.at(-1) ?? '', description: entry.summary}))
}

async function argumentsOf(
  entry: CommandEntry,
  position: number,
  typed: string,
  namesOf: NamesOf,
): Promise<Completion> {
  const {usage = ''} = await entry.load()
  const kind = objectKind([usage].flat().join(' '), position)
  if (!kind) return {candidates: [], files: true}
  return {candidates: await namesOf(kind, entry.path.at(-1) ?? '', typed), files: usage.includes('PATH')}
}

function matching(typed: string, {candidates, files}: Completion): Completion {
  return {candidates: candidates.filter(({text}) => text.startsWith(typed)), files}
}

function prefixed(prefix: string, typed: string, completion: Completion): Completion {
  const {candidates, files} = matching(typed, completion)
  return {candidates: candidates.map(({text, description}) => ({text: prefix + text, description})), files}
}
