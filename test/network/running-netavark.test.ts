import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {RunningNetavark} from '../../src/network/index.ts'

describe('RunningNetavark', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'running-'))
  })
  afterEach(() => rmSync(directory, {recursive: true}))
  const open = () => new RunningNetavark(join(directory, 'running'), directory)

  it('notes that one runs, until it has ended', async () => {
    expect(await open().during(async () => existsSync(join(directory, 'running')))).toBe(true)
    await expect(open().during(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
    expect(existsSync(join(directory, 'running'))).toBe(false)
  })

  it('waits for one whose caller was killed', async () => {
    const orphan = spawn('sh', ['-c', 'sleep 0.5; exit 0', directory], {stdio: 'ignore'})
    const ended = once(orphan, 'exit')
    await once(orphan, 'spawn')
    writeFileSync(join(directory, 'running'), '')
    // A zombie at most: its words are gone.
    await open().during(async () => expect(wordsOf(orphan.pid)).toBe(''))
    await ended
  })

  it('does not wait when nothing of it is left', async () => {
    writeFileSync(join(directory, 'running'), '')
    expect(await open().during(async () => 'at once')).toBe('at once')
  })
})

function wordsOf(pid: number | undefined): string {
  return existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : ''
}
