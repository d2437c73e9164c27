import {readFileSync, rmSync, writeFileSync} from 'node:fs'
import {outputOf} from './command.ts'
import type {TestEngine} from './engine.ts'
import {mountsBelow, processesUsing} from './leaks.ts'
import {waitUntil} from './wait-until.ts'

/** What a power cut does to an engine's containers: no process, no mount and, when it is a tmpfs, no run directory. */
export async function powerOff(engine: TestEngine, options: {readonly keepRunDirectory?: boolean} = {}): Promise<void> {
  await waitUntil('every process is dead', () => {
    const processes = processesUsing(engine.directory)
    for (const {pid} of processes) kill(pid)
    return processes.length === 0
  })
  for (const mount of mountsBelow(engine.directory)) await outputOf('umount', ['-l', mount])
  if (!options.keepRunDirectory) rmSync(engine.runRoot, {recursive: true, force: true})
}

function kill(pid: number): void {
  try {
    thaw(pid)
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}

/** A frozen process dies only once it runs again. */
function thaw(pid: number): void {
  const freezer = /^\d+:freezer:(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1]
  const unified = /^0::(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1]
  if (freezer && freezer !== '/') writeFileSync(`/sys/fs/cgroup/freezer${freezer}/freezer.state`, 'THAWED')
  else if (unified && unified !== '/') writeFileSync(`/sys/fs/cgroup${unified}/cgroup.freeze`, '0')
}
