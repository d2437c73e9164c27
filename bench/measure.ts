import {spawnSync} from 'node:child_process'
import type {TestEngine} from '../test/helpers/engine.ts'
import type {Operation} from './operations.ts'

export interface Sample {
  readonly milliseconds: number
  /** User and system time of the command and the children it waited for. */
  readonly cpuSeconds: number
  readonly peakKiB: number
}

export interface Measurement {
  readonly name: string
  readonly target: number
  readonly pairs: number
  readonly berth: Sample
  readonly podman: Sample
  /** Median over the pairs of Berth's time by podman's. */
  readonly ratio: number
}

/** Runs the operation in turn with both engines, the first one changing from pair to pair. */
export async function measure(
  operation: Operation,
  berth: TestEngine,
  podman: TestEngine,
  pairs: number,
): Promise<Measurement> {
  for (const engine of [berth, podman]) await operation.prepare?.(engine)
  const samples = {berth: [] as Sample[], podman: [] as Sample[]}
  const count = operation.weight === 'slow' ? Math.min(pairs, 5) : pairs
  // Round 0 warms both up and is not counted.
  for (let round = 0; round <= count; round++) {
    for (const engine of round % 2 === 0 ? [berth, podman] : [podman, berth]) {
      await operation.before?.(engine, round)
      const sample = together(
        [operation.args(round), ...(operation.next?.(round) ?? [])].map((args) => runOnce(engine, args)),
      )
      await operation.after?.(engine, round)
      if (round > 0) samples[engine.name].push(sample)
    }
  }
  for (const engine of [berth, podman]) await operation.cleanUp?.(engine)
  const ratios = samples.berth.map((sample, index) => sample.milliseconds / (samples.podman[index]?.milliseconds ?? 1))
  return {
    name: operation.name,
    target: operation.target,
    pairs: count,
    berth: medianSample(samples.berth),
    podman: medianSample(samples.podman),
    ratio: median(ratios),
  }
}

/** bash tells times in milliseconds; `time` only in hundredths of a second, but also the peak memory. */
const TIMED = 'TIMEFORMAT="%3R %3U %3S"; time /usr/bin/time -q -f %M "$@"'

export function runOnce(engine: TestEngine, args: readonly string[]): Sample {
  const {env} = engine.setup
  const result = spawnSync('bash', ['-c', TIMED, 'bash', ...engine.commandLine(args)], {
    env: {...process.env, ...env},
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (result.status !== 0)
    throw new Error(`${engine.name} ${args.join(' ')}: exit code ${result.status}\n${result.stderr}`)
  const lines = result.stderr.trim().split('\n')
  const [real = 0, user = 0, system = 0] = (lines.at(-1) ?? '').split(' ').map(Number)
  return {milliseconds: real * 1000, cpuSeconds: user + system, peakKiB: Number(lines.at(-2))}
}

function together(samples: readonly Sample[]): Sample {
  return {
    milliseconds: sum(samples.map((sample) => sample.milliseconds)),
    cpuSeconds: sum(samples.map((sample) => sample.cpuSeconds)),
    peakKiB: Math.max(...samples.map((sample) => sample.peakKiB)),
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function medianSample(samples: readonly Sample[]): Sample {
  return {
    milliseconds: median(samples.map((sample) => sample.milliseconds)),
    cpuSeconds: median(samples.map((sample) => sample.cpuSeconds)),
    peakKiB: median(samples.map((sample) => sample.peakKiB)),
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  const middle = sorted.length / 2
  const upper = sorted[Math.floor(middle)] ?? Number.NaN
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? upper) + upper) / 2 : upper
}
