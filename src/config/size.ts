const PREFIXES = ['', 'k', 'm', 'g', 't', 'p']

/**
 * Bytes of `65536k`, `1.5g`, `512MiB`, `2 gb`, whatever their case. Undefined when it is no size.
 *
 * @param base what one unit is of the next: 1024 as for memory, 1000 as for disks
 * @see docker/go-units, RAMInBytes and FromHumanSize
 */
export function parseSize(text: string, base: 1000 | 1024 = 1024): number | undefined {
  const match = /^(-?\d+(?:\.\d+)?) ?([kmgtp]?)i?b?$/i.exec(text.trim())
  if (!match) return undefined
  return Math.trunc(Number(match[1]) * base ** PREFIXES.indexOf((match[2] ?? '').toLowerCase()))
}
