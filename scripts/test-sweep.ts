// Ends and removes what a test run left: node scripts/test-sweep.ts DIRECTORY RUN
// Exits 1 and says what it was when there was anything: a test that does not clean up is a failed test.
import {existsSync} from 'node:fs'
import {mountsBelow, processesUsing, processesWithVariable, type RunningProcess} from '../test/helpers/leaks.ts'
import {removeTree} from '../test/helpers/temporary-directory.ts'

const [directory = '', run = ''] = process.argv.slice(2)
if (existsSync(directory)) process.exitCode = await sweep()

async function sweep(): Promise<number> {
  const processes = leftProcesses()
  const mounts = mountsBelow(directory)
  for (const {pid} of processes) end(pid)
  await removeTree(directory)
  for (const {pid, command} of processes) process.stderr.write(`left running: ${pid} ${command}\n`)
  for (const mount of mounts) process.stderr.write(`left mounted: ${mount}\n`)
  return processes.length + mounts.length > 0 ? 1 : 0
}

/** The shell that started us and its own commands carry the variable too. */
function leftProcesses(): RunningProcess[] {
  const found = new Map<number, RunningProcess>()
  for (const left of processesUsing(directory)) found.set(left.pid, left)
  for (const left of processesWithVariable('BERTH_TEST_RUN', run)) found.set(left.pid, left)
  found.delete(process.pid)
  found.delete(process.ppid)
  return [...found.values()].filter(({command}) => !command.includes('scripts/test'))
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}
