import {basename} from 'node:path'
import {startupSnapshot} from 'node:v8'
import type {CommandTable} from './command-table.ts'
import {main} from './main.ts'

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

async function run(programs: Programs): Promise<void> {
  const [, program = '', ...argv] = process.argv
  process.exitCode = await mainOf(programs, basename(program))(argv)
  // Whatever a library left open does not keep the program; all output was written to its descriptor.
  process.exit()
}

function mainOf(programs: Programs, name: string): (argv: readonly string[]) => Promise<number> {
  const {machineRuntime, commands} = programs
  if (name !== 'berth-vm' || !machineRuntime) return (argv) => main(argv, commands)
  return async (argv) => (await machineRuntime()).main(argv)
}

/** Loads what most commands need, so that the snapshot holds it evaluated. */
async function warmUp(programs: Programs): Promise<void> {
  await Promise.all(programs.commands.all().map((entry) => entry.load()))
}
