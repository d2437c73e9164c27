import {execFileSync} from 'node:child_process'
import {readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {withoutBuiltinCode} from '../../scripts/build/builtin-code.ts'
import {temporaryDirectory} from '../helpers/temporary-directory.ts'

/** Loads modules of Node's that its snapshot does not hold evaluated. */
const PROGRAM = `
const {startupSnapshot} = require('node:v8')
startupSnapshot.setDeserializeMainFunction(() => {
  const {createHash} = require('node:crypto')
  process._rawDebug(createHash('md5').update(typeof require('node:https').get).digest('hex'))
})`

test('a startup snapshot without the bytecode of the modules of Node starts, and they load', async () => {
  await using directory = temporaryDirectory()
  const [program, blob] = [join(directory.path, 'program.js'), join(directory.path, 'program.blob')]
  writeFileSync(program, PROGRAM)
  execFileSync(process.execPath, ['--no-warnings', '--snapshot-blob', blob, '--build-snapshot', program], {env: {}})
  const before = statSync(blob).size
  writeFileSync(blob, withoutBuiltinCode(readFileSync(blob)) ?? '')
  expect(statSync(blob).size).toBeLessThan(before - 2_000_000)
  const started = execFileSync('sh', ['-c', '"$0" --snapshot-blob "$1" 2>&1', process.execPath, blob], {
    encoding: 'utf8',
    env: {},
  })
  expect(started).toBe('c1c425268e68385d1ab5074c17a94f14\n')
}, 60_000)

test('a file that ends otherwise is left alone', () => {
  expect(withoutBuiltinCode(Buffer.alloc(300_000))).toBeUndefined()
  expect(withoutBuiltinCode(Buffer.from('short'))).toBeUndefined()
})
