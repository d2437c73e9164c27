import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {removeDirectory} from '../../src/host/index.ts'
import {temporaryDirectory} from '../helpers/temporary-directory.ts'

const ROUNDS = 8
const FILES = 300

test('a directory goes although another process is removing from it', async () => {
  await using directory = temporaryDirectory()
  const left: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const path = join(directory.path, `${round}`)
    mkdirSync(path)
    for (let file = 0; file < FILES; file++) writeFileSync(join(path, `f${file}`), '')
    const other = spawn('sh', ['-c', 'echo begun && exec rm -f f*'], {cwd: path, stdio: ['ignore', 'pipe', 'ignore']})
    const ended = once(other, 'close')
    await once(other.stdout, 'data')
    removeDirectory(path)
    await ended
    if (existsSync(path)) left.push(path)
  }
  expect(left).toEqual([])
}, 60_000)
