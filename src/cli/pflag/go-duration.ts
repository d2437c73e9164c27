import * as duration from '../../config/go-duration.ts'
import {ValueError} from './numbers.ts'

/** A duration given to an option, in nanoseconds. @throws ValueError in Go's words */
export function parseGoDuration(text: string): number {
  try {
    return duration.parseGoDuration(text)
  } catch (error) {
    throw error instanceof duration.DurationError ? new ValueError(error.message) : error
  }
}
