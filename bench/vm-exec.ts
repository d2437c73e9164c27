import {type Figure, medianFigure} from './vm-figure.ts'
import type {VmUnderTest} from './vm-under-test.ts'

/** `exec true` in a running container, by the runtime alone and through the engine. */
export async function measureExec(vm: VmUnderTest, rounds: number): Promise<Figure[]> {
  const id = await vm.start(vm.bundle(['sleep', '10000']))
  const {berth} = vm
  await berth.output('run', '-d', '--network', 'none', '--name', 'idle', 'localhost/busybox', 'sleep', '10000')
  const [runtime, engine]: [number[], number[]] = [[], []]
  for (let round = 0; round <= rounds; round++) {
    const times = [
      await timed(() => vm.call('exec', id, 'true')),
      await timed(() => berth.output('exec', 'idle', 'true')),
    ]
    if (round === 0) continue
    runtime.push(times[0] ?? Number.NaN)
    engine.push(times[1] ?? Number.NaN)
  }
  return [medianFigure('berth-vm exec true', 'ms', runtime), medianFigure('berth exec true', 'ms', engine)]
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now()
  await work()
  return performance.now() - begin
}
