/** A time with Go's text form and the methods that templates call on it. Serialises as the RFC 3339 text it was made from. */
export class GoTime {
  readonly #text: string
  readonly #milliseconds: number
  readonly #nanoseconds: string

  constructor(value: string | Date) {
    this.#text = typeof value === 'string' ? value : value.toISOString()
    this.#milliseconds = Date.parse(this.#text)
    this.#nanoseconds = (/\.(\d+)/.exec(this.#text)?.[1] ?? '').padEnd(9, '0').slice(0, 9)
  }

  Unix(): number {
    return Math.floor(this.#milliseconds / 1000)
  }

  UnixNano(): bigint {
    return BigInt(this.Unix()) * 1_000_000_000n + BigInt(this.#nanoseconds)
  }

  IsZero(): boolean {
    return this.#milliseconds === -62_135_596_800_000
  }

  UTC(): GoTime {
    return this
  }

  Local(): GoTime {
    return this
  }

  Year(): number {
    return this.#date().getUTCFullYear()
  }

  String(): string {
    return this.Format('2006-01-02 15:04:05.999999999 -0700 MST')
  }

  /** @see https://pkg.go.dev/time#pkg-constants for the layout's reference time */
  Format(layout: string): string {
    return layout.replace(layoutPiece, (piece) => this.#piece(piece))
  }

  toJSON(): string {
    return this.#text
  }

  toString(): string {
    return this.String()
  }

  #date(): Date {
    return new Date(this.#milliseconds)
  }

  #piece(piece: string): string {
    const date = this.#date()
    if (/^[.,]0+$/.test(piece)) return piece.charAt(0) + this.#nanoseconds.slice(0, piece.length - 1)
    if (/^[.,]9+$/.test(piece)) {
      const digits = this.#nanoseconds.slice(0, piece.length - 1).replace(/0+$/, '')
      return digits && piece.charAt(0) + digits
    }
    return pieces[piece]?.(date) ?? piece
  }
}

const layoutPiece =
  /2006|January|Jan|Monday|Mon|MST|Z07:00|Z0700|-07:00|-0700|-07|15|PM|pm|__2|002|01|02|03|04|05|06|_2|[.,]0+(?!\d)|[.,]9+(?!\d)|1|2|3|4|5/g

function two(value: number): string {
  return String(value).padStart(2, '0')
}

function named(options: Intl.DateTimeFormatOptions): (date: Date) => string {
  return (date) => new Intl.DateTimeFormat('en-US', {...options, timeZone: 'UTC'}).format(date)
}

const hour12 = (date: Date): number => date.getUTCHours() % 12 || 12
const yearDay = (date: Date): number =>
  Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0)) / 86_400_000) + 1

const pieces: Readonly<Record<string, (date: Date) => string>> = {
  '2006': (date) => String(date.getUTCFullYear()).padStart(4, '0'),
  '06': (date) => two(date.getUTCFullYear() % 100),
  January: named({month: 'long'}),
  Jan: named({month: 'short'}),
  '01': (date) => two(date.getUTCMonth() + 1),
  '1': (date) => String(date.getUTCMonth() + 1),
  Monday: named({weekday: 'long'}),
  Mon: named({weekday: 'short'}),
  '02': (date) => two(date.getUTCDate()),
  _2: (date) => String(date.getUTCDate()).padStart(2),
  '2': (date) => String(date.getUTCDate()),
  '002': (date) => String(yearDay(date)).padStart(3, '0'),
  __2: (date) => String(yearDay(date)).padStart(3),
  '15': (date) => two(date.getUTCHours()),
  '03': (date) => two(hour12(date)),
  '3': (date) => String(hour12(date)),
  '04': (date) => two(date.getUTCMinutes()),
  '4': (date) => String(date.getUTCMinutes()),
  '05': (date) => two(date.getUTCSeconds()),
  '5': (date) => String(date.getUTCSeconds()),
  PM: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  pm: (date) => (date.getUTCHours() < 12 ? 'am' : 'pm'),
  MST: () => 'UTC',
  'Z07:00': () => 'Z',
  Z0700: () => 'Z',
  '-07:00': () => '+00:00',
  '-0700': () => '+0000',
  '-07': () => '+00',
}
