import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Measurement} from './measure.ts'

const file = join(import.meta.dirname, 'thresholds.json')
/** Measurements of one machine differ by less than this from run to run, on another machine by little more. */
const TOLERANCE = 1.2

/**
 * A line for each operation whose ratio to podman is worse than the recorded one by more than a fifth. A warning, not a
 * failure: only a quiet machine measures well, and whoever reads it decides.
 */
export function regressions(
  measurements: readonly Pick<Measurement, 'name' | 'ratio'>[],
  known = readThresholds(),
): string[] {
  return measurements.flatMap(({name, ratio}) => {
    const before = known[name]
    return before !== undefined && ratio > before * TOLERANCE
      ? [`warning: ${name}: ${ratio.toFixed(2)} of podman's time, was ${before.toFixed(2)}`]
      : []
  })
}

/** Records these ratios; operations that were not measured keep theirs. */
export function setThresholds(measurements: readonly Pick<Measurement, 'name' | 'ratio'>[]): void {
  const fresh = Object.fromEntries(measurements.map(({name, ratio}) => [name, Number(ratio.toFixed(2))]))
  writeFileSync(file, `${JSON.stringify({...readThresholds(), ...fresh}, null, 2)}\n`)
}

function readThresholds(): Readonly<Record<string, number>> {
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>
}
