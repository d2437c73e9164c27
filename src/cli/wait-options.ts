import {EngineError} from '../errors/index.ts'
import {parseGoDuration} from './pflag/go-duration.ts'

export const waitConditions = [
  ...(['configured', 'created', 'exited', 'healthy', 'initialized', 'paused'] as const),
  ...(['removing', 'running', 'stopped', 'stopping', 'unhealthy'] as const),
]

/** `--interval`: a duration, or milliseconds when it is a bare number. @throws ERR_REFUSED */
export function waitInterval(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  try {
    return parseGoDuration(text) / 1e6
  } catch (cause) {
    throw new EngineError('ERR_REFUSED', (cause as Error).message, {cause})
  }
}

/** The result of the first that ends; the others are told to stop waiting. */
export async function firstOf<T>(
  names: readonly string[],
  wait: (name: string, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const others = new AbortController()
  try {
    return await Promise.race(names.map((name) => wait(name, others.signal)))
  } finally {
    others.abort()
  }
}
