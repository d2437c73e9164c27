import type {Span, Trace} from '../../timings/index.ts'
import {printable} from '../agent/message.ts'

const MOST_STEPS = 32
const LONGEST_NAME = 60

/**
 * Adds the steps of the guest's boot that its agent tells in answer to `ping`, moved from the guest's clock to the host's: the
 * two are compared at the moment of the answer. What a guest says is only as true as the guest; what does not fit is left out.
 *
 * @param startedUs when the machine began to run, and
 * @param answeredUs when the answer came, both on the host's clock
 * @param pid of the process that runs the guest
 */
export function addGuestSteps(
  trace: Trace,
  answer: Readonly<Record<string, unknown>>,
  {startedUs, answeredUs, pid}: {readonly startedUs: number; readonly answeredUs: number; readonly pid: number},
): void {
  const {uptimeUs, boot} = answer
  if (!isTime(uptimeUs) || !Array.isArray(boot)) return
  // The guest's clock starts when its kernel has set up memory.
  const offset = Math.max(answeredUs - uptimeUs, startedUs)
  trace.addSpan({program: 'guest', pid, name: 'firmware, begin of the kernel', startUs: startedUs, endUs: offset})
  for (const step of boot.slice(0, MOST_STEPS)) {
    const span = parseStep(step, uptimeUs)
    if (!span) continue
    const name = printable(span.name).slice(0, LONGEST_NAME)
    trace.addSpan({program: 'guest', pid, name, startUs: offset + span.startUs, endUs: offset + span.endUs})
  }
}

function parseStep(step: unknown, uptimeUs: number): Span | undefined {
  if (typeof step !== 'object' || step === null) return undefined
  const {name, startUs, endUs} = step as Readonly<Record<string, unknown>>
  if (typeof name !== 'string' || !isTime(startUs) || !isTime(endUs)) return undefined
  return startUs <= endUs && endUs <= uptimeUs ? {name, startUs, endUs} : undefined
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
