import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {realpathSync} from 'node:fs'
import {expect, it} from 'vitest'
import {strayProcesses} from '../../../src/vm/sandbox/stray-processes.ts'
import {temporaryDirectory} from '../../helpers/temporary-directory.ts'

it('finds what works in a directory, and nothing else', async () => {
  await using directory = temporaryDirectory()
  const path = realpathSync(directory.path)
  const child = spawn('sleep', ['60'], {cwd: path})
  await once(child, 'spawn')
  try {
    expect(strayProcesses(path).map(({pid}) => pid)).toEqual([child.pid])
    expect(strayProcesses(`${path}/elsewhere`)).toEqual([])
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})
