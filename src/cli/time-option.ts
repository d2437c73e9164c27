import {EngineError} from '../errors/index.ts'
import {parseMoment} from './moment.ts'

/**
 * The value of `--since` or `--until` in milliseconds since the epoch. A duration reaches back from now for the one, forward
 * for the other. @throws ERR_REFUSED naming the option
 */
export function timeOption(name: 'since' | 'until', text: string | undefined): number | undefined {
  if (!text) return undefined
  try {
    return parseMoment(text, new Date(), name === 'since' ? 'past' : 'future').getTime()
  } catch (cause) {
    throw new EngineError('ERR_REFUSED', `parsing --${name} "${text}": unable to interpret time value`, {cause})
  }
}
