import {basename} from 'node:path'
import {startupSnapshot} from 'node:v8'
import type {CommandTable} from './command-table.ts'
import {acceptedFlags} from './engine-command.ts'
import {main} from './main.ts'
import {writeErr} from './output.ts'
import {parseFlags} from './pflag/parse-flags.ts'
import {resolveCommand} from './resolve-command.ts'

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

const HOT = ['ps', 'run', 'create', 'start', 'stop', 'exec', 'rm', 'logs', 'inspect', 'container cleanup']

/** Loads and runs through what most starts need, so that the snapshot holds it ready; the rest loads when it is called. */
async function warmUp({commands}: Programs): Promise<void> {
  for (const path of HOT) {
    const words = path.split(' ')
    resolveCommand([...words, '--help'], commands)
    const type = await commands.find(words)?.load()
    if (type) parseFlags(['--help'], acceptedFlags(type))
  }
  await import('../libpod/runtime.ts')
  const {rehearse} = await import('./rehearsal.ts')
  for (const scene of await rehearse(commands)) writeErr(`not rehearsed: ${scene}\n`)
}
