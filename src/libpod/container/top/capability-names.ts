import {capabilityNames as names} from '../../../host/index.ts'

/** A capability mask of /proc/pid/status in words: sorted and joined by commas, `full` for all, `none` for none. */
export function capabilityWords(hexMask: string): string {
  const mask = BigInt(`0x${hexMask || '0'}`)
  if (mask === 0n) return 'none'
  const held = names.filter((_, number) => (mask >> BigInt(number)) & 1n)
  return held.length === names.length ? 'full' : held.sort().join(',')
}
