import type {Lane} from './timeline.ts'

/** One line per process and step: when it began, how long it took, its name, indented below what it is a part of. */
export function timingsText(lanes: readonly Lane[]): string {
  const lines = lanes.flatMap((lane) => [
    line(lane.startMs, lane.endMs, `${lane.program} (${lane.pid})`),
    ...lane.steps.map((step) => line(step.startMs, step.endMs, `${'  '.repeat(step.depth + 1)}${step.name}`)),
  ])
  return `${['start ms', 'took ms'].map((heading) => heading.padStart(10)).join('')}  step\n${lines.join('')}`
}

function line(startMs: number, endMs: number, name: string): string {
  return `${[startMs, endMs - startMs].map((value) => value.toFixed(1).padStart(10)).join('')}  ${name}\n`
}
