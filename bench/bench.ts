// Times Berth against the installed podman on this machine: sh scripts/pinned-node.sh bench/bench.ts
//   --pairs N   pairs of measurements per operation (default 20)
//   --only TEXT operations whose name contains TEXT
//   --large     also with a thousand containers (some minutes to make them)
// Prints a table; writes bench/results/latest.json and latest.svg.
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {cpus, release, totalmem} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {outputOf} from '../test/helpers/command.ts'
import {openBerth, type TestEngine} from '../test/helpers/engine.ts'
import {busyboxArchive, debianArchive, layeredArchive} from '../test/helpers/images.ts'
import {openPodman} from '../test/helpers/podman.ts'
import {openRegistry} from '../test/helpers/registry.ts'
import {chart} from './chart.ts'
import {idleMemoryKiB} from './idle-memory.ts'
import {imageOperations} from './image-operations.ts'
import {type Measurement, measure} from './measure.ts'
import {operations} from './operations.ts'

const {values: options} = parseArgs({
  options: {
    pairs: {type: 'string', default: '20'},
    only: {type: 'string', default: ''},
    large: {type: 'boolean', default: false},
  },
})
await main()

async function main(): Promise<void> {
  const archives = {busybox: await busyboxArchive(), debian: await debianArchive()}
  await using berth = openBerth({runtime: 'runc'})
  await using podman = openPodman({networkMode: 'none'})
  for (const engine of [berth, podman]) await engine.output('load', '-q', '-i', archives.busybox)
  const measurements: Measurement[] = []
  print(['operation', 'berth ms', 'podman ms', 'ratio', 'target', 'CPU ratio', 'memory ratio'])
  await using registry = await openRegistry()
  const all = [
    ...operations(archives, options.large),
    ...imageOperations(await layeredArchive(), registry, berth.directory),
  ]
  for (const operation of all) {
    if (!operation.name.includes(options.only)) continue
    const measurement = await measure(operation, berth, podman, Number(options.pairs))
    measurements.push(measurement)
    print(tableRow(measurement))
  }
  const memory = options.only === '' ? await compareMemory(berth, podman) : undefined
  writeResults(measurements, memory, await describeMachine())
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
    (berth.peakKiB / podman.peakKiB).toFixed(2),
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
