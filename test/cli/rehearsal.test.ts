import {execFile} from 'node:child_process'
import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {expect, test} from 'vitest'
import {temporaryDirectory} from '../helpers/temporary-directory.ts'

const repository = join(import.meta.dirname, '../..')
const script = `
import {CommandTable} from './src/cli/command-table.ts'
import {rehearse} from './src/cli/rehearsal.ts'
import {loadCommands} from './scripts/build/load-commands.ts'
const commands = await loadCommands(process.cwd())
const failed = await rehearse(new CommandTable(commands.map((command) => command.entry)))
process.stdout.write('failed: ' + JSON.stringify(failed))
`

test('the rehearsal for the startup snapshot comes through every scene, on its own, and leaves nothing', async () => {
  await using directory = temporaryDirectory()
  const {stdout, stderr} = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: repository,
    // A broken configuration of the host is not its business.
    env: {PATH: process.env.PATH, CONTAINERS_CONF: '/nonexistent', TMPDIR: directory.path},
  })
  expect(stderr).toBe('')
  expect(stdout).toMatch(/failed: \[\]$/)
  expect(readdirSync(directory.path)).toEqual([])
}, 60_000)
