import {existsSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {LoadedCommand} from './load-commands.ts'

/**
 * Writes `berth.js`: the program's entry with the table of all commands, so that no directory is read at start. The
 * bundle and the snapshot are made from it; alone it runs from the modules beside it.
 */
export function writeEntry(root: string, target: string, commands: readonly LoadedCommand[]): void {
  const hasMachineRuntime = existsSync(join(root, 'src/vm/cli/main.ts'))
  const machine = hasMachineRuntime ? "() => import('./src/vm/cli/main.js')" : 'undefined'
  const text = [
    "import {CommandTable} from './src/cli/command-table.js'",
    "import {startProgram} from './src/cli/start-program.js'",
    '',
    'const commands = new CommandTable([',
    ...commands.map(entryLine),
    '])',
    `startProgram({commands, machineRuntime: ${machine}})`,
    '',
  ]
  writeFileSync(join(target, 'berth.js'), text.join('\n'))
}

function entryLine({file, entry}: LoadedCommand): string {
  const {path, summary, aliases, hidden, isGroup} = entry
  const module = `./commands/${file.replace(/\.ts$/, '.js')}`
  const data = JSON.stringify({path, summary, aliases, hidden, isGroup}).slice(0, -1)
  return `  ${data},"load":async()=>(await import(${JSON.stringify(module)})).default},`
}
