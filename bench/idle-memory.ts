import {readFileSync} from 'node:fs'
import type {TestEngine} from '../test/helpers/engine.ts'
import {processesUsing} from '../test/helpers/leaks.ts'

/** KiB of memory (PSS) that one idle container takes with all that keeps it, by the average of ten. */
export async function idleMemoryKiB(engine: TestEngine): Promise<number> {
  const count = 10
  for (let index = 0; index < count; index++)
    await engine.output('run', '-d', '--network', 'none', 'localhost/busybox', 'sleep', '10000')
  const total = processesUsing(engine.directory).reduce((sum, {pid}) => sum + proportionalKiB(pid), 0)
  await engine.output('rm', '-fa', '-t', '0')
  return total / count
}

function proportionalKiB(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
