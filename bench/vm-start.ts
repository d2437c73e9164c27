import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {timingsReport} from '../src/timings/index.ts'
import {bareBoot} from './bare-boot.ts'
import {median} from './measure.ts'
import {type Figure, medianFigure} from './vm-figure.ts'
import type {VmUnderTest} from './vm-under-test.ts'

const MOST_BY_BARE_BOOT = 1.6

/** Bare boots, `berth-vm run` and `berth run` in turn, each to the first line of output. */
export async function measureStarts(vm: VmUnderTest, rounds: number, picture: string): Promise<Figure[]> {
  const [bare, runtime, engine]: number[][] = [[], [], []]
  const timings = join(vm.directory, 'timings')
  const phases = new Map<string, number[]>()
  // Round 0 warms files and verdicts up and is not counted.
  for (let round = 0; round <= rounds; round++) {
    const milliseconds = [await bareBoot(vm.guest), await runtimeRun(vm), await engineRun(vm, timings)]
    const shown = milliseconds.map((each) => each.toFixed(0)).join(', ')
    process.stderr.write(`round ${round} of ${rounds}: bare boot, berth-vm run, berth run: ${shown} ms\n`)
    if (round === 0) continue
    for (const [index, values] of [bare, runtime, engine].entries()) values?.push(milliseconds[index] ?? Number.NaN)
    for (const [name, took] of stepsOf(timings)) phases.set(name, [...(phases.get(name) ?? []), took])
  }
  writeFileSync(picture, timingsReport([timings], 'svg'))
  const base = median(bare ?? [])
  return [
    medianFigure('bare boot to the first message of the agent', 'ms', bare ?? []),
    medianFigure('berth-vm run to the first line', 'ms', runtime ?? []),
    medianFigure('berth run to the first line', 'ms', engine ?? []),
    {name: 'berth-vm run by bare boot', unit: 'ratio', value: median(runtime ?? []) / base, bar: MOST_BY_BARE_BOOT},
    {name: 'berth run by bare boot', unit: 'ratio', value: median(engine ?? []) / base, bar: MOST_BY_BARE_BOOT},
    ...[...phases].map(([name, values]) => medianFigure(`  ${name}`, 'ms', values)),
  ]
}

async function runtimeRun(vm: VmUnderTest): Promise<number> {
  const bundle = vm.bundle(['echo', 'hello'])
  return firstLine(() => vm.spawn(['run', '--bundle', bundle, vm.newID()], 'ignore', 'pipe'))
}

async function engineRun({berth}: VmUnderTest, timings: string): Promise<number> {
  rmSync(timings, {force: true})
  const {program, globalArgs, env} = berth.setup
  const words = ['--timings', timings, 'run', '--rm', '--network', 'none', 'localhost/busybox', 'echo', 'hello']
  return firstLine(() =>
    spawn(program, [...globalArgs, ...words], {stdio: ['ignore', 'pipe', 'ignore'], env: {...process.env, ...env}}),
  )
}

async function firstLine(start: () => ChildProcess): Promise<number> {
  const begin = performance.now()
  const child = start()
  const ended = once(child, 'exit')
  const [chunk] = (await Promise.race([once(child.stdout ?? child, 'data'), ended.then(() => [''])])) as [unknown]
  const took = performance.now() - begin
  const [code] = await ended
  if (code !== 0 || !String(chunk).startsWith('hello')) throw new Error(`run: exit code ${code}, output ${chunk}`)
  return took
}

/** Names with their program, and how long they took. */
function stepsOf(file: string): [string, number][] {
  const lanes = JSON.parse(timingsReport([file], 'json')) as {
    readonly program: string
    readonly steps: readonly {readonly name: string; readonly startMs: number; readonly endMs: number}[]
  }[]
  return lanes
    .filter(({program}) => /^(guest|berth-vm (create|start))$/.test(program))
    .flatMap(({program, steps}) =>
      steps.map(({name, startMs, endMs}): [string, number] => [`${program}: ${name}`, endMs - startMs]),
    )
}
