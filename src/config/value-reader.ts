import {EngineError} from '../errors/index.ts'
import type {Merged} from './merge.ts'
import {parseSize} from './size.ts'

/** Reads typed values of one table; a value of another type is an error that names file and key. */
export class ValueReader {
  readonly #merged: Merged
  readonly #section: string

  constructor(merged: Merged, section: string) {
    this.#merged = merged
    this.#section = section
  }

  string(key: string, fallback: string): string {
    return this.optionalString(key) ?? fallback
  }

  /** Undefined also when the value is empty: the ecosystem's files write that for "not set". */
  optionalString(key: string): string | undefined {
    const value = this.#get(key)
    if (value === undefined || value === '') return undefined
    return typeof value === 'string' ? value : this.#fail(key, 'a string')
  }

  boolean(key: string, fallback: boolean): boolean {
    const value = this.#get(key) ?? fallback
    return typeof value === 'boolean' ? value : this.#fail(key, 'true or false')
  }

  integer(key: string, fallback: number): number {
    return this.optionalInteger(key) ?? fallback
  }

  optionalInteger(key: string): number | undefined {
    const value = this.#get(key)
    if (value === undefined) return undefined
    return typeof value === 'number' && Number.isInteger(value) ? value : this.#fail(key, 'an integer')
  }

  /** Bytes, from an integer or a text with a unit. */
  size(key: string, fallback: number): number {
    const value = this.#get(key) ?? fallback
    if (typeof value === 'number') return value
    const bytes = typeof value === 'string' ? parseSize(value) : undefined
    return bytes ?? this.#fail(key, 'a size such as "64m"')
  }

  /** Bytes with units that are powers of 1000: podman reads shm_size so, and scripts compare what `inspect` shows. */
  decimalSize(key: string, fallback: number): number {
    const value = this.#get(key) ?? fallback
    if (typeof value === 'number') return value
    const bytes = typeof value === 'string' ? parseSize(value, 1000) : undefined
    return bytes ?? this.#fail(key, 'a size such as "65536k"')
  }

  list(key: string, fallback: readonly string[] = []): readonly string[] {
    const value = this.#get(key) ?? fallback
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
    return this.#fail(key, 'a list of strings')
  }

  choice<T extends string>(key: string, choices: readonly T[], fallback: T): T {
    const value = this.optionalString(key) ?? fallback
    return (choices as readonly string[]).includes(value)
      ? (value as T)
      : this.#fail(key, `one of ${choices.map((choice) => JSON.stringify(choice)).join(', ')}`)
  }

  /** A sub-table whose values are lists of strings. */
  lists(key: string): Readonly<Record<string, readonly string[]>> {
    const names = Object.keys(this.#table(key))
    const reader = new ValueReader(this.#merged, `${this.#section}.${key}`)
    return Object.fromEntries(names.map((name) => [name, reader.list(name)]))
  }

  /** A sub-table whose values are strings. */
  strings(key: string): Readonly<Record<string, string>> {
    const names = Object.keys(this.#table(key))
    const reader = new ValueReader(this.#merged, `${this.#section}.${key}`)
    return Object.fromEntries(names.map((name) => [name, reader.string(name, '')]))
  }

  /** The value as it stands, for those with a form of their own. */
  raw(key: string): unknown {
    return this.#get(key)
  }

  fail(key: string, expected: string): never {
    return this.#fail(key, expected)
  }

  #table(key: string): object {
    const value = this.#get(key) ?? {}
    return typeof value === 'object' && value !== null ? value : this.#fail(key, 'a table')
  }

  #get(key: string): unknown {
    let value: unknown = this.#merged.tables
    for (const part of `${this.#section}.${key}`.split('.')) {
      if (typeof value !== 'object' || value === null) return undefined
      value = (value as Record<string, unknown>)[part]
    }
    return value
  }

  #fail(key: string, expected: string): never {
    const source = this.#merged.sourceOf(`${this.#section}.${key}`)
    throw new EngineError('ERR_CONFIG_INVALID', `${source}: [${this.#section}] ${key} must be ${expected}`)
  }
}
