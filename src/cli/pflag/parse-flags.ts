import type {FlagDefinition} from '../flags.ts'
import {ValueError} from './numbers.ts'

/** A command line that does not parse; printed with a `See '… --help'` line behind it. */
export class FlagError extends Error {}

export type FlagSet = Readonly<Record<string, FlagDefinition<unknown>>>

export interface ParsedFlags {
  /** By flag name: what was given, defaults for the rest. */
  readonly values: Record<string, unknown>
  /** Names of the flags that were given. */
  readonly changed: ReadonlySet<string>
  readonly positionals: readonly string[]
}

export interface ParseOptions {
  /** All that follows the first positional belongs to it. */
  readonly stopAtFirstPositional?: boolean
  /** Called once for each deprecated flag that was given. */
  readonly onDeprecated?: (text: string) => void
}

/**
 * Parses arguments by the rules of Go's pflag, which podman's users rely on: `-dit`, `-eFOO`, `-e=FOO`, `--name value`,
 * `--name=value`, `--switch=false`, `--`, repeated options.
 *
 * @throws FlagError worded as pflag words it
 */
export function parseFlags(argv: readonly string[], flags: FlagSet, options: ParseOptions = {}): ParsedFlags {
  return new FlagParser(flags, options).parse(argv)
}

class FlagParser {
  readonly #options: ParseOptions
  readonly #flags: FlagSet
  readonly #names = new Map<string, string>()
  readonly #chars = new Map<string, string>()
  readonly #given = new Map<string, unknown>()
  readonly #positionals: string[] = []
  #rest: string[] = []

  constructor(flags: FlagSet, options: ParseOptions) {
    this.#flags = flags
    this.#options = options
    for (const [name, flag] of Object.entries(flags)) {
      this.#names.set(name, name)
      for (const alias of flag.aliases ?? []) this.#names.set(alias, name)
      if (flag.char) this.#chars.set(flag.char, name)
    }
  }

  parse(argv: readonly string[]): ParsedFlags {
    this.#rest = [...argv]
    for (let word = this.#rest.shift(); word !== undefined; word = this.#rest.shift()) {
      if (word === '--') this.#takeRest()
      else if (word.startsWith('--')) this.#long(word)
      else if (word.startsWith('-') && word.length > 1) this.#short(word)
      else this.#positional(word)
    }
    return {values: this.#values(), changed: new Set(this.#given.keys()), positionals: this.#positionals}
  }

  #positional(word: string): void {
    this.#positionals.push(word)
    if (this.#options.stopAtFirstPositional) this.#takeRest()
  }

  #takeRest(): void {
    this.#positionals.push(...this.#rest.splice(0))
  }

  #long(word: string): void {
    const [, written = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? []
    if (written === '' || written.startsWith('-')) throw new FlagError(`bad flag syntax: ${word}`)
    const name = this.#names.get(written)
    if (name === undefined) throw new FlagError(`unknown flag: --${written}`)
    this.#set(name, value ?? this.#implied(name) ?? this.#next(word))
  }

  /** `-h` asks for help wherever no option owns that letter. */
  #short(word: string): void {
    for (let letters = word.slice(1); letters !== ''; ) letters = this.#letter(letters)
  }

  /** Takes the first letter's option; returns the letters behind it that are options of their own. */
  #letter(letters: string): string {
    const letter = letters[0] ?? ''
    const name = this.#chars.get(letter) ?? (letter === 'h' ? this.#names.get('help') : undefined)
    if (name === undefined) throw new FlagError(`unknown shorthand flag: '${letter}' in -${letters}`)
    const attached = letters.slice(1)
    const implied = this.#implied(name)
    if (attached.length > 1 && attached.startsWith('=')) this.#set(name, attached.slice(1))
    else if (implied === undefined) this.#set(name, attached || this.#next(`'${letter}' in -${letters}`))
    else this.#set(name, implied)
    return implied === undefined || attached.startsWith('=') ? '' : attached
  }

  #implied(name: string): string | undefined {
    const flag = this.#flags[name]
    return flag?.implied ?? flag?.kind.implied
  }

  #next(what: string): string {
    const value = this.#rest.shift()
    if (value === undefined) throw new FlagError(`flag needs an argument: ${what}`)
    return value
  }

  #set(name: string, text: string): void {
    const flag = this.#flags[name] as FlagDefinition<unknown>
    if (!this.#given.has(name)) this.#warnDeprecated(name, flag)
    try {
      this.#given.set(name, flag.kind.read(text, this.#given.get(name) as NonNullable<unknown> | undefined))
    } catch (error) {
      if (!(error instanceof ValueError)) throw error
      const label = flag.char ? `-${flag.char}, --${name}` : `--${name}`
      throw new FlagError(`invalid argument ${JSON.stringify(text)} for "${label}" flag: ${error.message}`)
    }
  }

  #warnDeprecated(name: string, flag: FlagDefinition<unknown>): void {
    const reason = typeof flag.deprecated === 'object' ? flag.deprecated.message : undefined
    if (reason !== undefined) this.#options.onDeprecated?.(`Flag --${name} has been deprecated, ${reason}`)
  }

  #values(): Record<string, unknown> {
    const entries = Object.entries(this.#flags).map(([name, flag]) => [
      name,
      this.#given.has(name) ? this.#given.get(name) : flag.default,
    ])
    return Object.fromEntries(entries)
  }
}
