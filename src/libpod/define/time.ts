/** The Go zero time, which podman prints where a time is not known. */
export const zeroTime = '0001-01-01T00:00:00Z'

/** How far the clock of this process may be off before the host's, which somebody has set meanwhile, is taken. */
const CLOCK_SET_MS = 50

/** Now as RFC 3339 with nanoseconds in UTC; the last three digits are more than the clock knows. */
export function rfc3339Now(): string {
  const fine = performance.timeOrigin + performance.now()
  const coarse = Date.now()
  const millis = Math.abs(fine - coarse) > CLOCK_SET_MS ? coarse : fine
  const whole = Math.floor(millis)
  const below = Math.floor((millis - whole) * 1_000_000)
  return `${new Date(whole).toISOString().slice(0, -1)}${String(below).padStart(6, '0')}Z`
}

/** RFC 3339 of a time in milliseconds. */
export function rfc3339(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, -1)}000000Z`
}

/** Milliseconds since the epoch of an RFC 3339 time; 0 for the zero time. */
export function epochMs(time: string): number {
  return time === zeroTime ? 0 : Date.parse(time)
}

/** Nanoseconds since the epoch, exact. */
export function epochNs(time: string): bigint {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? ''
  const seconds = BigInt(Math.floor(Date.parse(time) / 1000))
  return seconds * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0') || '0')
}
