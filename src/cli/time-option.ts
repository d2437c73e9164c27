import {EngineError} from '../errors/index.ts'
import {parseMoment} from './moment.ts'

/** The value of `--since` or `--until` in milliseconds since the epoch. @throws ERR_REFUSED naming the option */
export function timeOption(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  try {
    return parseMoment(text).getTime()
  } catch (cause) {
    throw new EngineError('ERR_REFUSED', `parsing --${name} "${text}": unable to interpret time value`, {cause})
  }
}
