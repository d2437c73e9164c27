import {EngineError} from '../errors/index.ts'

/**
 * The bytes of a key sequence: single characters and `ctrl-X`, separated by commas. Empty: none.
 * @throws ERR_REFUSED
 */
export function parseDetachKeys(keys: string): Uint8Array {
  if (keys === '') return new Uint8Array()
  return Uint8Array.from(keys.split(','), byteOf)
}

/**
 * Takes a key sequence out of a stream of typed bytes. What may be its beginning is held back until it is known not to be.
 */
export class DetachKeyFilter {
  readonly #keys: Uint8Array
  #matched = 0

  constructor(keys: Uint8Array) {
    this.#keys = keys
  }

  /** What may be passed on, and whether the sequence is complete; bytes after it are dropped. */
  feed(chunk: Uint8Array): {readonly pass: Uint8Array; readonly detached: boolean} {
    if (this.#keys.length === 0) return {pass: chunk, detached: false}
    const pass: number[] = []
    for (const byte of chunk) {
      this.#step(byte, pass)
      if (this.#matched === this.#keys.length) return {pass: Uint8Array.from(pass), detached: true}
    }
    return {pass: Uint8Array.from(pass), detached: false}
  }

  #step(byte: number, pass: number[]): void {
    while (byte !== this.#keys[this.#matched]) {
      if (this.#matched === 0) {
        pass.push(byte)
        return
      }
      this.#fallBack(pass)
    }
    this.#matched++
  }

  /** Gives up the longest beginning that cannot be one, as in any string search. */
  #fallBack(pass: number[]): void {
    const held = this.#keys.subarray(0, this.#matched)
    let drop = 1
    while (drop < held.length && !startsWith(this.#keys, held.subarray(drop))) drop++
    pass.push(...held.subarray(0, drop))
    this.#matched -= drop
  }
}

function startsWith(keys: Uint8Array, part: Uint8Array): boolean {
  return part.every((byte, index) => byte === keys[index])
}

/** @see moby term, ToBytes: `ctrl-a` to `ctrl-z`, `ctrl-@ [ \ ] ^ _` */
function byteOf(key: string): number {
  const control = /^ctrl-([a-z@[\\\]^_])$/.exec(key)?.[1]
  if (control) return control.toUpperCase().charCodeAt(0) & 0x1f
  if (key.length !== 1) throw new EngineError('ERR_REFUSED', `invalid detach keys: Unknown character: '${key}'`)
  return key.charCodeAt(0)
}
