import {goDuration} from '../go-duration-text.ts'

/** A count of nanoseconds with Go's text form and the methods that templates call on it. Serialises as the number. */
export class GoDuration {
  readonly #nanoseconds: number

  constructor(nanoseconds: number) {
    this.#nanoseconds = nanoseconds
  }

  Seconds(): number {
    return this.#nanoseconds / 1e9
  }

  Milliseconds(): number {
    return Math.trunc(this.#nanoseconds / 1e6)
  }

  Nanoseconds(): number {
    return this.#nanoseconds
  }

  String(): string {
    return goDuration(this.#nanoseconds)
  }

  valueOf(): number {
    return this.#nanoseconds
  }

  toJSON(): number {
    return this.#nanoseconds
  }
}
