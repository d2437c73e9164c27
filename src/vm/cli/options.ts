import {EngineError} from '../../errors/index.ts'

/** An option of a verb, written `--name`, `-name` or, with `short`, `-c`. */
export interface OptionInfo {
  readonly kind: 'flag' | 'value' | 'list'
  readonly short?: string
  readonly summary: string
  readonly valueName?: string
}

export type OptionTable = Readonly<Record<string, OptionInfo>>

/** What was given; only options of the table are there. */
export class ParsedOptions {
  readonly #values: ReadonlyMap<string, readonly string[]>

  constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values
  }

  flag(name: string): boolean {
    return this.#values.get(name)?.at(-1) === 'true'
  }

  value(name: string): string | undefined {
    return this.#values.get(name)?.at(-1)
  }

  list(name: string): readonly string[] {
    return this.#values.get(name) ?? []
  }

  /** An integer. @throws ERR_INVALID_ARG */
  integer(name: string): number | undefined {
    const value = this.value(name)
    if (value === undefined) return undefined
    if (!/^-?\d+$/.test(value)) throw new EngineError('ERR_INVALID_ARG', `--${name}: ${value} is no number`)
    return Number(value)
  }
}

export interface ParseResult {
  readonly options: ParsedOptions
  readonly args: readonly string[]
}

/**
 * Parses as runc's library does: one dash or two, the value in the same word or the next, `--` ends the options. With
 * `stopAtFirstArgument` so does the first argument, and what follows belongs to somebody else's command line.
 * @throws ERR_REFUSED for an option that is not in the table or lacks its value
 */
export function parseOptions(words: readonly string[], table: OptionTable, stopAtFirstArgument: boolean): ParseResult {
  const values = new Map<string, string[]>()
  const args: string[] = []
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (word === '--') return {options: new ParsedOptions(values), args: [...args, ...words.slice(index + 1)]}
    if (!word.startsWith('-') || word === '-') {
      if (stopAtFirstArgument) return {options: new ParsedOptions(values), args: words.slice(index)}
      args.push(word)
      continue
    }
    const {name, info, inline} = recognise(word, table)
    if (info.kind === 'flag') values.set(name, [booleanOf(name, inline)])
    else {
      const value = inline ?? words[++index]
      if (value === undefined) throw new EngineError('ERR_REFUSED', `flag needs an argument: ${word}`)
      values.set(name, [...(values.get(name) ?? []), value])
    }
  }
  return {options: new ParsedOptions(values), args}
}

function recognise(word: string, table: OptionTable) {
  const text = word.replace(/^--?/, '')
  const equals = text.indexOf('=')
  const given = equals < 0 ? text : text.slice(0, equals)
  const inline = equals < 0 ? undefined : text.slice(equals + 1)
  const name = table[given] ? given : Object.keys(table).find((key) => table[key]?.short === given)
  const info = name === undefined ? undefined : table[name]
  if (name === undefined || !info) throw new EngineError('ERR_REFUSED', `flag provided but not defined: -${given}`)
  return {name, info, inline}
}

function booleanOf(name: string, inline: string | undefined): string {
  if (inline === undefined || inline === 'true' || inline === '1') return 'true'
  if (inline === 'false' || inline === '0') return 'false'
  throw new EngineError('ERR_REFUSED', `invalid boolean value "${inline}" for -${name}: parse error`)
}
