import {execFile} from 'node:child_process'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {expect, test} from 'vitest'
import {processesUsing} from '../helpers/leaks.ts'
import {temporaryDirectory} from '../helpers/temporary-directory.ts'

const repository = join(import.meta.dirname, '../..')
const script = `
import {CommandTable} from './src/cli/command-table.ts'
import {rehearse} from './src/cli/rehearsal.ts'
import {loadCommands} from './scripts/build/load-commands.ts'
const commands = await loadCommands(process.cwd())
const table = new CommandTable(commands.map((command) => command.entry))
const stage = process.argv.at(-1)
const failed = [...(await rehearse(table, 'berth-create', stage)), ...(await rehearse(table, 'berth', stage))]
process.stdout.write('failed: ' + JSON.stringify(failed))
`

test('the rehearsal for the startup snapshot comes through every scene, on its own, and leaves no process', async () => {
  await using directory = temporaryDirectory()
  const {stdout, stderr} = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', script, directory.path],
    {
      cwd: repository,
      // A broken configuration of the host is not its business.
      env: {PATH: process.env.PATH, CONTAINERS_CONF: '/nonexistent'},
    },
  )
  expect(stderr).toBe('')
  expect(stdout).toMatch(/failed: \[\]$/)
  expect(processesUsing(directory.path)).toEqual([])
}, 60_000)
