/** The value of a Go string literal, quoted or raw; undefined when an escape is not valid. */
export function unquote(literal: string): string | undefined {
  if (literal.startsWith('`')) return literal.slice(1, -1).replaceAll('\r', '')
  const bytes: Buffer[] = []
  const body = literal.slice(1, -1)
  const piece = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([abfnrtv\\"']))|([^\\]+)/gy
  for (let match = piece.exec(body); match; match = piece.exec(body)) {
    const [, byte, short, long, octal, letter, plain] = match
    if (plain !== undefined) bytes.push(Buffer.from(plain))
    else if (letter !== undefined) bytes.push(Buffer.from(escapes[letter] ?? letter))
    else if (short ?? long) bytes.push(Buffer.from(String.fromCodePoint(Number.parseInt(short ?? long ?? '', 16))))
    else
      bytes.push(Buffer.from([byte === undefined ? Number.parseInt(octal ?? '', 8) & 255 : Number.parseInt(byte, 16)]))
    if (piece.lastIndex === body.length) return Buffer.concat(bytes).toString()
  }
  return body === '' ? '' : undefined
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** The value of a Go number literal; a bigint where a double would lose digits; undefined when it is none. */
export function parseNumber(literal: string): number | bigint | undefined {
  const negative = literal.startsWith('-')
  const digits = literal.replace(/^[-+]/, '').replaceAll('_', '')
  const integer = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits
  if (/^(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|[0-9]+)$/.test(integer)) {
    const value = negative ? -BigInt(integer) : BigInt(integer)
    return Number.isSafeInteger(Number(value)) ? Number(value) : value
  }
  const value = Number(digits)
  if (digits === '' || digits === '.' || Number.isNaN(value)) return undefined
  return negative ? -value : value
}
