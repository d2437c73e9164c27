export {type ReportForm, timingsReport} from './report.ts'
export {appendTimings, TIMINGS_VARIABLE} from './timings-file.ts'
export {nowUs, processStartUs, type Span, Trace} from './trace.ts'
