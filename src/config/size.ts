const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  p: 2 ** 50,
}

/**
 * Bytes of `65536k`, `1.5g`, `512MiB`, `2 gb`: units are powers of 1024, whatever their case. Undefined when it is no size.
 *
 * @see docker/go-units, RAMInBytes
 */
export function parseSize(text: string): number | undefined {
  const match = /^(-?\d+(?:\.\d+)?) ?([kmgtp]?)i?b?$/i.exec(text.trim())
  if (!match) return undefined
  return Math.trunc(Number(match[1]) * (UNITS[(match[2] ?? '').toLowerCase()] ?? 1))
}
