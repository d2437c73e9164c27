import {isIP} from 'node:net'
import {splitList} from './csv.ts'
import {parseGoDuration} from './go-duration.ts'
import {parseBool, parseFloat64, parseSigned, parseUnsigned, ValueError} from './numbers.ts'

/** How an option's values are read. `podman-cli` names of the kinds are the keys of `valueKinds`. */
export interface ValueKind<T> {
  /** The word behind the option in help (`--name string`); empty for a switch. */
  readonly word: string
  /**
   * The option's value after one more `text`; `before` is what earlier occurrences made, undefined for the first.
   * @throws ValueError
   */
  read(text: string, before: T | undefined): T
  /** The value that an option without one means; absent when it needs one. */
  readonly implied?: string
  /** A default that help does not show. */
  isZero(value: T): boolean
  /** A default as help shows it. */
  show(value: T): string
}

export const valueKinds = {
  bool: {...scalar('', parseBool, (value) => !value), implied: 'true'},
  string: {...scalar('string', String, (value) => value === ''), show: (value: string) => `"${value}"`},
  array: several('stringArray', (text) => [text]),
  list: several('strings', splitList),
  map: {
    word: 'stringToString',
    read: (text: string, before: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>> => ({
      ...before,
      ...Object.fromEntries(splitList(text).map(pair)),
    }),
    isZero: (value: Readonly<Record<string, string>>) => Object.keys(value).length === 0,
    show: (value: Readonly<Record<string, string>>) =>
      `[${Object.entries(value)
        .map(([key, text]) => `${key}=${text}`)
        .join(',')}]`,
  },
  int: scalar('int', (text) => parseSigned(text, 64), isZero),
  int32: scalar('int32', (text) => parseSigned(text, 32), isZero),
  int64: scalar('int', (text) => parseSigned(text, 64), isZero),
  uint: scalar('uint', (text) => parseUnsigned(text, 64), isZero),
  uint64: scalar('uint', (text) => parseUnsigned(text, 64), isZero),
  float: scalar('float', parseFloat64, isZero),
  /** Nanoseconds. */
  duration: scalar('duration', parseGoDuration, isZero),
  ip: scalar('ip', parseIP, (value) => value === ''),
  'uint-list': several('uints', (text) => splitList(text).map((item) => parseUnsigned(item, 64))),
  'int-list': several('ints', (text) => splitList(text).map((item) => parseSigned(item, 64))),
  'ip-list': several('ipSlice', (text) => splitList(text).map(parseIP)),
} as const

export function choiceKind(choices: readonly string[]): ValueKind<string> {
  return {
    ...valueKinds.string,
    word: 'choice',
    read: (text) => {
      if (choices.includes(text)) return text
      throw new ValueError(`${JSON.stringify(text)} is not a valid value.  Choose from: "${choices.join(', ')}"`)
    },
  }
}

function scalar<T>(word: string, read: (text: string) => T, isZero: (value: T) => boolean): ValueKind<T> {
  return {word, read: (text) => read(text), isZero, show: String}
}

function several<T>(word: string, read: (text: string) => readonly T[]): ValueKind<T[]> {
  return {
    word,
    read: (text, before) => [...(before ?? []), ...read(text)],
    isZero: (value) => value.length === 0,
    show: (value) => `[${value.join(',')}]`,
  }
}

function isZero(value: number): boolean {
  return value === 0
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at < 0) throw new ValueError(`${text} must be formatted as key=value`)
  return [text.slice(0, at), text.slice(at + 1)]
}

function parseIP(text: string): string {
  const trimmed = text.trim()
  if (!isIP(trimmed)) throw new ValueError(`failed to parse IP: ${JSON.stringify(text)}`)
  return trimmed
}
