import {EngineError} from '../errors/index.ts'
import {parseGoDuration} from './pflag/go-duration.ts'

/**
 * A point in time as podman takes it for `--since`, `--until` and filters: Unix seconds with or without a fraction, a
 * Go duration before now (after it, when `towards` says so), RFC 3339 with parts left out (then local time).
 * @throws ERR_REFUSED
 */
export function parseMoment(text: string, now: Date = new Date(), towards: 'past' | 'future' = 'past'): Date {
  if (/^\d+(\.\d+)?$/.test(text)) return new Date(Number(text) * 1000)
  const duration = durationOf(text)
  if (duration !== undefined) return new Date(now.getTime() + (towards === 'past' ? -duration : duration) / 1e6)
  const parsed = Date.parse(withoutLongFraction(text))
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(parsed))
    throw new EngineError('ERR_REFUSED', `failed to parse value as time or duration: "${text}"`)
  return new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00` : parsed)
}

function durationOf(text: string): number | undefined {
  try {
    return parseGoDuration(text)
  } catch {
    return undefined
  }
}

/** JavaScript reads milliseconds; the nanoseconds behind them would make the text unreadable in some forms. */
function withoutLongFraction(text: string): string {
  return text.replace(/(\.\d{3})\d+/, '$1')
}
