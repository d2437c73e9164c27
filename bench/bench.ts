// Times Berth against the installed podman on this machine: sh scripts/pinned-node.sh bench/bench.ts
//   --pairs N         pairs of measurements per operation (default 20)
//   --only REGEXP     operations whose name matches
//   --large           also with a thousand containers (some minutes to make them)
//   --crowd           also a hundred containers, eight at a time
//   --set-thresholds  what is measured now is what later runs are compared with
// Prints a table, and a warning for each operation that has become slower than bench/thresholds.json says; writes
// bench/results/latest.json and latest.svg.
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {cpus, release, totalmem} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {outputOf} from '../test/helpers/command.ts'
import {openBerth, type TestEngine} from '../test/helpers/engine.ts'
import {busyboxArchive} from '../test/helpers/images.ts'
import {openPodman} from '../test/helpers/podman.ts'
import {openRegistry} from '../test/helpers/registry.ts'
import {buildOperations} from './build-operations.ts'
import {chart} from './chart.ts'
import {measureCrowd} from './crowd.ts'
import {idleMemoryKiB} from './idle-memory.ts'
import {imageOperations} from './image-operations.ts'
import {type Measurement, measure} from './measure.ts'
import {type Operation, operations} from './operations.ts'
import {regressions, setThresholds} from './thresholds.ts'

const {values: options} = parseArgs({
  options: {
    pairs: {type: 'string', default: '20'},
    only: {type: 'string', default: ''},
    large: {type: 'boolean', default: false},
    crowd: {type: 'boolean', default: false},
    'set-thresholds': {type: 'boolean', default: false},
  },
})
await main()

async function main(): Promise<void> {
  await using berth = openBerth({runtime: 'runc'})
  await using podman = openPodman({networkMode: 'none'})
  await using registry = await openRegistry()
  const archive = await busyboxArchive()
  for (const engine of [berth, podman]) await engine.output('load', '-q', '-i', archive)
  const measurements: Measurement[] = []
  const note = (measurement: Measurement) => {
    measurements.push(measurement)
    print(tableRow(measurement))
  }
  print(['operation', 'berth ms', 'podman ms', 'ratio', 'target', 'CPU ratio', 'memory ratio'])
  const images = [...imageOperations(registry, berth.directory), ...buildOperations(berth.directory)]
  for (const operation of chosen([...operations(options.large), ...images]))
    note(await measure(operation, berth, podman, Number(options.pairs)))
  if (options.crowd) for (const measurement of await measureCrowd(berth, podman)) note(measurement)
  const memory = options.only === '' ? await compareMemory(berth, podman) : undefined
  writeResults(measurements, memory, await describeMachine())
  for (const line of regressions(measurements)) process.stdout.write(`${line}\n`)
  if (options['set-thresholds']) setThresholds(measurements)
}

function chosen(all: readonly Operation[]): Operation[] {
  const pattern = new RegExp(options.only)
  return all.filter(({name}) => pattern.test(name))
}

async function compareMemory(berth: TestEngine, podman: TestEngine): Promise<Record<string, number>> {
  const found = {berth: await idleMemoryKiB(berth), podman: await idleMemoryKiB(podman)}
  print([
    'memory of an idle container, KiB',
    found.berth.toFixed(0),
    found.podman.toFixed(0),
    (found.berth / found.podman).toFixed(2),
  ])
  return found
}

function tableRow({name, berth, podman, ratio, target}: Measurement): string[] {
  return [
    name,
    berth.milliseconds.toFixed(1),
    podman.milliseconds.toFixed(1),
    ratio.toFixed(2),
    `${target.toFixed(2)}${ratio <= target ? '' : ' !'}`,
    (berth.cpuSeconds / podman.cpuSeconds).toFixed(2),
    podman.peakKiB > 0 ? (berth.peakKiB / podman.peakKiB).toFixed(2) : '-',
  ]
}

function print(cells: readonly string[]): void {
  const [first = '', ...others] = cells
  process.stdout.write(`${first.padEnd(34)}${others.map((cell) => cell.padStart(13)).join('')}\n`)
}

async function describeMachine(): Promise<Record<string, string>> {
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: await outputOf('git', ['-C', join(import.meta.dirname, '..'), 'rev-parse', '--short', 'HEAD']),
    processor: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    kernel: release(),
    system: /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '',
    podman: await outputOf('podman', ['--version']),
    runc: (await outputOf('runc', ['--version'])).split('\n')[0] ?? '',
  }
}

function writeResults(measurements: readonly Measurement[], memory: unknown, machine: Record<string, string>): void {
  const directory = join(import.meta.dirname, 'results')
  mkdirSync(directory, {recursive: true})
  writeFileSync(
    join(directory, 'latest.json'),
    `${JSON.stringify({machine, measurements, idleMemoryKiB: memory}, null, 2)}\n`,
  )
  const caption = `${machine.date}, ${machine.processor}, ${machine.system}, ${machine.podman}, ${machine.runc}`
  writeFileSync(join(directory, 'latest.svg'), chart(measurements, caption))
  process.stdout.write(`\nwritten: ${join(directory, 'latest.json')} and latest.svg\n`)
}
