import {EngineError, type ErrorCode} from '../../errors/index.ts'
import type {Digest} from '../../oci/types/image-spec.ts'
import {isDigest} from '../reference.ts'

/**
 * A value of a JSON document from outside together with its path: every check that fails names the field
 * (`layers[2].digest`). JSON null counts as absent, as Go's decoder has it.
 */
export class Field {
  readonly #value: unknown
  readonly #path: string
  readonly #code: ErrorCode

  private constructor(value: unknown, path: string, code: ErrorCode) {
    this.#value = value ?? undefined
    this.#path = path
    this.#code = code
  }

  /** @throws `code` when the bytes are no JSON object */
  static ofDocument(bytes: Uint8Array | string, what: string, code: ErrorCode): Field {
    const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8')
    if (hasTooManyKeys(text)) throw new EngineError(code, `${what}: more than ${MOST_KEYS} fields`)
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (cause) {
      throw new EngineError(code, `${what}: not JSON`, {cause})
    }
    return new Field(value, what, code)
  }

  /** A value that is parsed already. */
  static of(value: unknown, what: string, code: ErrorCode): Field {
    return new Field(value, what, code)
  }

  get absent(): boolean {
    return this.#value === undefined
  }

  get raw(): unknown {
    return this.#value
  }

  fail(reason: string): never {
    throw new EngineError(this.#code, `${this.#path}: ${reason}`)
  }

  at(key: string): Field {
    const object = this.object()
    return new Field(Object.hasOwn(object, key) ? object[key] : undefined, `${this.#path}.${key}`, this.#code)
  }

  object(): Readonly<Record<string, unknown>> {
    if (typeof this.#value !== 'object' || this.#value === null || Array.isArray(this.#value))
      this.fail('must be an object')
    return this.#value as Record<string, unknown>
  }

  items(): readonly Field[] {
    if (!Array.isArray(this.#value)) this.fail('must be a list')
    return this.#value.map((item, index) => new Field(item, `${this.#path}[${index}]`, this.#code))
  }

  string(): string {
    if (typeof this.#value !== 'string') this.fail('must be a string')
    return this.#value
  }

  digest(): Digest {
    const text = this.string()
    if (!isDigest(text)) this.fail(`"${text.slice(0, 100)}" is no sha256 digest`)
    return text
  }

  /** A whole number of at least 0. */
  size(): number {
    if (!Number.isSafeInteger(this.#value) || (this.#value as number) < 0) this.fail('must be a size')
    return this.#value as number
  }

  strings(): readonly string[] {
    return this.items().map((item) => item.string())
  }

  stringMap(): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.keys(this.object()).map((key) => [key, this.at(key).string()]))
  }

  optional<T>(read: (field: Field) => T): T | undefined {
    return this.absent ? undefined : read(this)
  }
}

/** The largest index of a real image has a tenth of that. */
const MOST_KEYS = 20_000

/**
 * Keys that all hash alike make parsing quadratic, and the hash seed of a startup snapshot can be known: so many keys that
 * it would take seconds are refused before they are parsed. Counts a text's `":` too, which only makes it stricter.
 */
function hasTooManyKeys(text: string): boolean {
  let keys = 0
  for (const _ of text.matchAll(/"\s*:/g)) if (++keys > MOST_KEYS) return true
  return false
}
