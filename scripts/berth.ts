// Runs the command line from the sources, without a build: node scripts/berth.ts ps -a
import {join} from 'node:path'
import {CommandTable} from '../src/cli/command-table.ts'
import {main} from '../src/cli/main.ts'
import {loadCommands} from './build/load-commands.ts'

const commands = await loadCommands(join(import.meta.dirname, '..'))
process.exitCode = await main(process.argv.slice(2), new CommandTable(commands.map((command) => command.entry)))
