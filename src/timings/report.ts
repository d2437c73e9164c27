import {basename} from 'node:path'
import {timeline} from './timeline.ts'
import {readTimings} from './timings-file.ts'
import {timingsPicture} from './timings-picture.ts'
import {timingsText} from './timings-text.ts'

export type ReportForm = 'text' | 'json' | 'svg'

/** Timings files as one timeline. @throws ERR_INVALID_ARG for a file that is none */
export function timingsReport(files: readonly string[], form: ReportForm): string {
  const lanes = timeline(files.flatMap(readTimings))
  if (form === 'json') return `${JSON.stringify(lanes, null, 2)}\n`
  return form === 'svg' ? timingsPicture(lanes, files.map((file) => basename(file)).join(', ')) : timingsText(lanes)
}
