import {type TimedStep, WHOLE_PROCESS} from './timings-file.ts'

/** The steps of one process, in order of their start. */
export interface Lane {
  readonly program: string
  readonly pid: number
  /** Milliseconds after the first step of all. */
  readonly startMs: number
  readonly endMs: number
  readonly steps: readonly TimelineStep[]
}

export interface TimelineStep {
  readonly name: string
  readonly startMs: number
  readonly endMs: number
  /** How many other steps of the process it lies within. */
  readonly depth: number
}

/** Steps by process, the one that started first in front. */
export function timeline(steps: readonly TimedStep[]): Lane[] {
  const beginUs = Math.min(...steps.map(({startUs}) => startUs))
  const milliseconds = (us: number): number => (us - beginUs) / 1000
  const lanes = new Map<string, TimedStep[]>()
  for (const step of steps) {
    const key = `${step.program} ${step.pid}`
    lanes.set(key, [...(lanes.get(key) ?? []), step])
  }
  return [...lanes.values()].map((own) => lane(own, milliseconds)).sort((a, b) => a.startMs - b.startMs)
}

function lane(own: readonly TimedStep[], milliseconds: (us: number) => number): Lane {
  const [{program, pid} = {program: '', pid: 0}] = own
  const steps = own
    .filter(({name}) => name !== WHOLE_PROCESS)
    .sort((a, b) => a.startUs - b.startUs || b.endUs - a.endUs)
  return {
    ...{program, pid},
    startMs: milliseconds(Math.min(...own.map(({startUs}) => startUs))),
    endMs: milliseconds(Math.max(...own.map(({endUs}) => endUs))),
    steps: steps.map((step, index) => ({
      name: step.name,
      startMs: milliseconds(step.startUs),
      endMs: milliseconds(step.endUs),
      depth: steps.slice(0, index).filter((other) => other.endUs >= step.endUs && other.endUs > other.startUs).length,
    })),
  }
}
