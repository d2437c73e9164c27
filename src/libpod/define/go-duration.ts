const SECOND = 1_000_000_000n
const smallUnits = [
  {unit: 'ns', size: 1n},
  {unit: 'µs', size: 1000n},
  {unit: 'ms', size: 1_000_000n},
] as const

/** A span of nanoseconds as Go's time.Duration prints it: `1h2m3.5s`, `1.5ms`, `0s`. */
export function formatGoDuration(nanoseconds: bigint): string {
  if (nanoseconds < 0n) return `-${formatGoDuration(-nanoseconds)}`
  if (nanoseconds === 0n) return '0s'
  if (nanoseconds < SECOND) {
    const {unit, size} = smallUnits.findLast((candidate) => nanoseconds >= candidate.size) ?? smallUnits[0]
    return `${decimal(nanoseconds, size)}${unit}`
  }
  const minutes = nanoseconds / (60n * SECOND)
  const seconds = `${decimal(nanoseconds % (60n * SECOND), SECOND)}s`
  if (minutes === 0n) return seconds
  return minutes < 60n ? `${minutes}m${seconds}` : `${minutes / 60n}h${minutes % 60n}m${seconds}`
}

function decimal(value: bigint, unit: bigint): string {
  const fraction = String(value % unit)
    .padStart(String(unit).length - 1, '0')
    .replace(/0+$/, '')
  return fraction === '' || unit === 1n ? String(value / unit) : `${value / unit}.${fraction}`
}
