import {appendFileSync, readFileSync} from 'node:fs'
import {EngineError} from '../errors/index.ts'
import {nowUs, processStartUs, type Span, type Trace} from './trace.ts'

/** Names the file that gets the spans of this process and of those that it starts. */
export const TIMINGS_VARIABLE = 'BERTH_TIMINGS'

/** One line of a timings file. */
export interface TimedStep extends Span {
  /** `berth run`, `berth-vm create`, `guest`: processes of the same program are told apart by their pid. */
  readonly program: string
  readonly pid: number
}

/**
 * Adds this process's spans, and one for the process itself, to the file that the environment names; without one it does
 * nothing. One write at the end of the file: processes that end at the same time do not cut each other's lines. A file
 * that cannot be written is a warning's worth, which is the caller's: returns the failure.
 */
export function appendTimings(
  program: string,
  trace: Pick<Trace, 'spans'>,
  file: string | undefined = process.env[TIMINGS_VARIABLE],
): Error | undefined {
  if (!file) return undefined
  const whole: Span = {name: WHOLE_PROCESS, startUs: processStartUs(), endUs: nowUs()}
  const steps = [whole, ...trace.spans].map((span): TimedStep => ({program, pid: process.pid, ...span}))
  try {
    appendFileSync(file, steps.map((step) => `${JSON.stringify(step)}\n`).join(''))
    return undefined
  } catch (error) {
    return error as Error
  }
}

/** The name of the span from a process's start to its end. */
export const WHOLE_PROCESS = 'process'

/** @throws ERR_INVALID_ARG when a line is no step */
export function readTimings(file: string): TimedStep[] {
  return linesOf(file).map((line, index) => parse(line) ?? refuse(`${file}:${index + 1} is no timed step`))
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean)
  } catch (cause) {
    throw new EngineError('ERR_INVALID_ARG', `cannot read timings: ${(cause as Error).message}`, {cause})
  }
}

function parse(line: string): TimedStep | undefined {
  try {
    const step = JSON.parse(line) as Partial<TimedStep> | null
    if (step === null) return undefined
    const complete = [step.startUs, step.endUs, step.pid].every(Number.isFinite)
    return complete && typeof step.name === 'string' && typeof step.program === 'string'
      ? (step as TimedStep)
      : undefined
  } catch {
    return undefined
  }
}

function refuse(detail: string): never {
  throw new EngineError('ERR_INVALID_ARG', detail)
}
