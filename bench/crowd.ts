import {readFileSync} from 'node:fs'
import type {TestEngine} from '../test/helpers/engine.ts'
import type {Measurement, Sample} from './measure.ts'

const COUNT = 100
const AT_ONCE = 8
const TARGET = 0.7
/** The kernel counts processor time in hundredths of a second. */
const TICKS_PER_SECOND = 100

/** A hundred containers started eight at a time, then removed eight at a time; each engine once. */
export async function measureCrowd(berth: TestEngine, podman: TestEngine): Promise<Measurement[]> {
  const ours = await runCrowd(berth)
  const theirs = await runCrowd(podman)
  return (['start', 'remove'] as const).map((step) => ({
    name: `${step} ${COUNT}, ${AT_ONCE} at a time`,
    target: TARGET,
    pairs: 1,
    berth: ours[step],
    podman: theirs[step],
    ratio: ours[step].milliseconds / theirs[step].milliseconds,
  }))
}

async function runCrowd(engine: TestEngine): Promise<{readonly start: Sample; readonly remove: Sample}> {
  const run = ['run', '-d', '--network', 'none', '--name']
  return {
    start: await timed((index) => engine.output(...run, `crowd-${index}`, 'localhost/busybox', 'sleep', '10000')),
    remove: await timed((index) => engine.output('rm', '-f', '-t', '0', `crowd-${index}`)),
  }
}

/** The commands are too many to ask each for its memory: only their processor time is added up. */
async function timed(act: (index: number) => Promise<unknown>): Promise<Sample> {
  const [begin, cpu] = [process.hrtime.bigint(), childrenSeconds()]
  const left = Array.from({length: COUNT}, (_, index) => index)
  const worker = async () => {
    for (let index = left.pop(); index !== undefined; index = left.pop()) await act(index)
  }
  await Promise.all(Array.from({length: AT_ONCE}, worker))
  return {
    milliseconds: Number(process.hrtime.bigint() - begin) / 1e6,
    cpuSeconds: childrenSeconds() - cpu,
    peakKiB: 0,
  }
}

/** @see proc_pid_stat(5): cutime and cstime, of the children that have been waited for */
function childrenSeconds(): number {
  const fields = readFileSync('/proc/self/stat', 'latin1')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND
}
