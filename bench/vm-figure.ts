import {median} from './measure.ts'

export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: 'ms' | 'MiB' | 'MB/s' | 'ratio'
  /** Least and greatest of the values that `value` is the median of. */
  readonly spread?: readonly [number, number]
  /** What it must not exceed. */
  readonly bar?: number
}

export function medianFigure(name: string, unit: Figure['unit'], values: readonly number[]): Figure {
  return {name, unit, value: median(values), spread: [Math.min(...values), Math.max(...values)]}
}
