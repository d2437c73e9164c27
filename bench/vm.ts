// Times virtual machines on this machine: sh scripts/pinned-node.sh bench/vm.ts
//   --rounds N   rounds of starts and execs (default 10)
//   --only PART  start, exec, memory, stdio or volume; the results of the others are kept
//   --guest DIR  kernel and initramfs (default guest/build)
// Prints a table; writes bench/results/vm.json, vm.svg and vm-start.svg, the timeline of the last start.
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {cpus, release, totalmem} from 'node:os'
import {join, resolve} from 'node:path'
import {parseArgs} from 'node:util'
import {outputOf} from '../test/helpers/command.ts'
import {vmChart} from './vm-chart.ts'
import {measureExec} from './vm-exec.ts'
import type {Figure} from './vm-figure.ts'
import {measureMemory} from './vm-memory.ts'
import {measureStarts} from './vm-start.ts'
import {measureStdio, measureVolumes} from './vm-throughput.ts'
import {VmUnderTest} from './vm-under-test.ts'

const {values: options} = parseArgs({
  options: {
    rounds: {type: 'string', default: '10'},
    only: {type: 'string', default: ''},
    guest: {type: 'string', default: join(import.meta.dirname, '../guest/build')},
  },
})
const results = join(import.meta.dirname, 'results')
await main()

async function main(): Promise<void> {
  mkdirSync(results, {recursive: true})
  const guest = resolve(options.guest)
  const rounds = Number(options.rounds)
  const parts: Record<string, (vm: VmUnderTest) => Promise<readonly Figure[]>> = {
    start: (vm) => measureStarts(vm, rounds, join(results, 'vm-start.svg')),
    exec: (vm) => measureExec(vm, rounds),
    memory: measureMemory,
    stdio: measureStdio,
    volume: measureVolumes,
  }
  if (options.only !== '' && !(options.only in parts))
    throw new Error(`--only: one of ${Object.keys(parts).join(', ')}`)
  const path = join(results, 'vm.json')
  const measured: Record<string, readonly Figure[]> = existsSync(path)
    ? JSON.parse(readFileSync(path, 'utf8')).parts
    : {}
  for (const [name, measure] of Object.entries(parts)) {
    if (options.only !== '' && options.only !== name) continue
    await using vm = await VmUnderTest.open(guest)
    const figures = await measure(vm)
    measured[name] = figures
    for (const figure of figures) printRow(figure)
  }
  const machine = await describeMachine(guest)
  writeFileSync(path, `${JSON.stringify({machine, parts: measured}, null, 2)}\n`)
  const caption = `${machine.date}, ${machine.processor}, ${machine.qemu}, guest kernel ${machine.guestKernel}`
  writeFileSync(join(results, 'vm.svg'), vmChart(Object.values(measured).flat(), caption))
  process.stdout.write(`\nwritten: ${path}, vm.svg, vm-start.svg\n`)
}

function printRow({name, value, unit, spread, bar}: Figure): void {
  const range = spread ? `${spread[0].toFixed(1)} to ${spread[1].toFixed(1)}` : ''
  const verdict = bar === undefined ? '' : value <= bar ? `bar ${bar}` : `bar ${bar} MISSED`
  process.stdout.write(
    `${name.padEnd(52)}${value.toFixed(value < 10 ? 2 : 0).padStart(9)} ${unit.padEnd(5)} ${range.padEnd(22)} ${verdict}\n`,
  )
}

async function describeMachine(guest: string): Promise<Record<string, string>> {
  const version = JSON.parse(readFileSync(join(guest, 'version.json'), 'utf8')) as {kernel: string}
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: await outputOf('git', ['-C', join(import.meta.dirname, '..'), 'rev-parse', '--short', 'HEAD']),
    processor: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    kernel: release(),
    qemu: (await outputOf('qemu-system-x86_64', ['--version'])).split('\n')[0] ?? '',
    guestKernel: version.kernel,
  }
}
