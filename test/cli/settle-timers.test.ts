import {execFileSync} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {settleTimers} from '../../src/cli/settle-timers.ts'
import {temporaryDirectory} from '../helpers/temporary-directory.ts'

/** Clears a timer while the snapshot is built; later than it was due, another is to fire. */
const PROGRAM = `
${settleTimers}
clearTimeout(setTimeout(() => {}, 300))
void settleTimers()
require('node:v8').startupSnapshot.setDeserializeMainFunction(() => setTimeout(() => process._rawDebug('fired'), 1000))`

test('a timer fires in a process that starts from a snapshot', {timeout: 60_000}, async () => {
  await using directory = temporaryDirectory()
  const [program, blob] = [join(directory.path, 'program.js'), join(directory.path, 'program.blob')]
  writeFileSync(program, PROGRAM)
  execFileSync(process.execPath, ['--no-warnings', '--snapshot-blob', blob, '--build-snapshot', program], {env: {}})
  const command = ['-c', '"$0" --snapshot-blob "$1" 2>&1', process.execPath, blob]
  expect(execFileSync('sh', command, {encoding: 'utf8', env: {}})).toBe('fired\n')
})
