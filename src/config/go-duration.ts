const UNIT_NS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
}

/** Why a text is no duration, in Go's words. */
export class DurationError extends Error {}

/** A duration as Go's `time.ParseDuration` reads it (`1h30m`, `-1.5s`, `0`), in nanoseconds. @throws DurationError */
export function parseGoDuration(text: string): number {
  const [, sign, rest] = /^([+-]?)(.*)$/s.exec(text) ?? []
  if (rest === '0') return 0
  if (!rest) throw invalid('invalid duration', text)
  let total = 0
  let position = 0
  for (const match of rest.matchAll(/(\d+\.?\d*|\.\d+)([^\d.]*)/g)) {
    if (match.index !== position) throw invalid('invalid duration', text)
    position += match[0].length
    total += Number(match[1]) * unitOf(match[2] ?? '', text)
  }
  if (position !== rest.length) throw invalid('invalid duration', text)
  return sign === '-' ? -total : total
}

function unitOf(unit: string, text: string): number {
  if (unit === '') throw invalid('missing unit in duration', text)
  const factor = UNIT_NS[unit]
  if (factor === undefined)
    throw new DurationError(`time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`)
  return factor
}

function invalid(reason: string, text: string): DurationError {
  return new DurationError(`time: ${reason} ${JSON.stringify(text)}`)
}
