import {basename} from 'node:path'
import {queryObjects, setFlagsFromString, startupSnapshot} from 'node:v8'
import {endNow, settleProcess} from '../host/index.ts'
import {CommandTable} from './command-table.ts'
import {main} from './main.ts'
import {writeErr} from './output.ts'
import {settleTimers} from './settle-timers.ts'

/** The programs in this file: which one runs, its name on the command line tells. */
export interface Programs {
  readonly commands: CommandTable
  /** The OCI runtime for virtual machines, `berth-vm`. */
  readonly machineRuntime?: () => Promise<{main(argv: readonly string[]): Promise<number>}>
}

/** Runs the program at once; when a startup snapshot is being built, makes it what the snapshot starts with. */
export function startProgram(programs: Programs): void {
  if (!startupSnapshot.isBuildingSnapshot()) {
    void run(programs)
    return
  }
  startupSnapshot.setDeserializeMainFunction(() => void run(programs))
  void warmUp(programs)
}

/** What `bin/berth` sets for the start of this very process. */
const OWN_TUNABLES = [
  'glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=33554432:glibc.malloc.arena_max=1',
  'glibc.malloc.arena_max=1',
]

async function run(programs: Programs): Promise<void> {
  if (OWN_TUNABLES.includes(process.env.GLIBC_TUNABLES ?? '')) delete process.env.GLIBC_TUNABLES
  const [, program = '', ...argv] = process.argv
  process.exitCode = await mainOf(programs, basename(program))(argv)
  // Whatever a library left open does not keep the program; all output was written to its descriptor.
  const {exitCode, env, execArgv} = process
  const isDiagnosed = env.NODE_OPTIONS || env.NODE_V8_COVERAGE || execArgv.some((option) => /-prof/.test(option))
  if (!isDiagnosed) {
    process.emit('exit', Number(exitCode))
    endNow(Number(exitCode))
  }
  process.exit()
}

function mainOf(programs: Programs, name: string): (argv: readonly string[]) => Promise<number> {
  const {machineRuntime, commands} = programs
  if (name === 'berth-vm' && machineRuntime) return async (argv) => (await machineRuntime()).main(argv)
  return (argv) => {
    settleProcess()
    return main(argv, commands)
  }
}

/** Plays through what the profile's commands do, or loads the OCI runtime, so that the snapshot holds it compiled. */
async function warmUp({commands, machineRuntime}: Programs): Promise<void> {
  const [, , profile = '', stage = ''] = process.argv
  if (profile === 'berth-vm') {
    await machineRuntime?.()
    forgetCompiled()
  } else {
    const {rehearse} = await import('./rehearsal.ts')
    forgetCompiled()
    for (const scene of await rehearse(commands, profile, stage)) writeErr(`not rehearsed: ${scene}\n`)
  }
  await settleTimers()
}

/** Lets go of the bytecode of functions that loading the modules has called, most of them for the only time. */
function forgetCompiled(): void {
  setFlagsFromString('--stress-flush-code')
  // Collects garbage before it counts, and with it, under this flag, all bytecode that is not running.
  queryObjects(CommandTable)
  setFlagsFromString('--no-stress-flush-code')
}
