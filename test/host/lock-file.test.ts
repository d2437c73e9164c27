import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, expect, it} from 'vitest'
import {LockFile, syscallAsync} from '../../src/host/index.ts'

const directory = mkdtempSync(join(tmpdir(), 'berth-lock-'))
afterAll(() => rmSync(directory, {recursive: true, force: true}))

it('those who wait for a lock leave the worker threads to whoever holds it', async () => {
  const path = join(directory, 'lock')
  const held = await LockFile.acquire(path)
  const waiting = Array.from({length: 16}, () => LockFile.acquire(path))
  // Every wait has begun by then.
  await new Promise((resolve) => setImmediate(resolve))
  expect(await syscallAsync('int usleep(unsigned int microseconds)', 1000)).toBe(0)
  held.release()
  // In whatever order they get it.
  await Promise.all(waiting.map(async (next) => (await next).release()))
})
