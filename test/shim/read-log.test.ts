import {appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {type ReadLogOptions, readLog} from '../../src/shim/index.ts'

let directory: string
let path: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'berth-log-'))
  path = join(directory, 'ctr.log')
})

afterEach(() => rmSync(directory, {recursive: true, force: true}))

const TIME = '2026-11-22T02:32:40.141216718+00:00'
const line = (text: string, stream = 'stdout', tag = 'F'): string => `${TIME} ${stream} ${tag} ${text}\n`

async function read(options?: ReadLogOptions): Promise<string[]> {
  const pieces: string[] = []
  for await (const {stream, text, partial} of readLog(path, options))
    pieces.push(`${stream === 'stderr' ? '!' : ''}${text}${partial ? '' : '\\n'}`)
  return pieces
}

describe('a log', () => {
  it('that is not there yet is empty', async () => {
    expect(await read()).toEqual([])
  })

  it('gives pieces in order, partial ones and empty lines as such', async () => {
    writeFileSync(path, line('one') + line('two', 'stderr') + line('par', 'stdout', 'P') + line('tial') + line(''))
    expect(await read()).toEqual(['one\\n', '!two\\n', 'par', 'tial\\n', '\\n'])
  })

  it('leaves out what is no log line', async () => {
    writeFileSync(path, `rubbish\n${line('one')}\n`)
    expect(await read()).toEqual(['one\\n'])
  })

  it('gives whole lines from its end', async () => {
    writeFileSync(path, line('one') + line('tw', 'stdout', 'P') + line('o') + line('three'))
    expect(await read({tail: 0})).toEqual([])
    expect(await read({tail: 1})).toEqual(['three\\n'])
    expect(await read({tail: 2})).toEqual(['tw', 'o\\n', 'three\\n'])
    expect(await read({tail: 9})).toEqual(['one\\n', 'tw', 'o\\n', 'three\\n'])
  })

  it('counts an unfinished last line as one', async () => {
    writeFileSync(path, line('one') + line('two') + line('rest', 'stdout', 'P'))
    expect(await read({tail: 1})).toEqual(['rest'])
    expect(await read({tail: 2})).toEqual(['two\\n', 'rest'])
  })

  it('of many blocks is read from its end without reading it all', async () => {
    const lines = Array.from({length: 20_000}, (_, index) => line(`line ${index} ${'x'.repeat(index % 97)}`))
    writeFileSync(path, lines.join(''))
    const tail = await read({tail: 3000})
    expect(tail).toHaveLength(3000)
    expect(tail[0]).toMatch(/^line 17000 /)
    expect(await read()).toHaveLength(20_000)
  })

  it('is followed as it grows, and to the end of its writer', async () => {
    writeFileSync(path, line('one'))
    let ended = false
    const following = read({follow: true, ended: () => ended})
    await new Promise((resolve) => setTimeout(resolve, 50))
    const half = line('two')
    appendFileSync(path, half.slice(0, 20))
    await new Promise((resolve) => setTimeout(resolve, 50))
    appendFileSync(path, half.slice(20) + line('three'))
    ended = true
    expect(await following).toEqual(['one\\n', 'two\\n', 'three\\n'])
  })

  it('is followed over a rotation', async () => {
    writeFileSync(path, line('one'))
    let ended = false
    const following = read({follow: true, ended: () => ended})
    await new Promise((resolve) => setTimeout(resolve, 50))
    writeFileSync(`${path}.tmp`, line('two'))
    renameSync(`${path}.tmp`, path)
    await new Promise((resolve) => setTimeout(resolve, 300))
    ended = true
    expect(await following).toEqual(['one\\n', 'two\\n'])
  })

  it('is no longer followed when the reader has had enough', async () => {
    writeFileSync(path, line('one'))
    const stop = new AbortController()
    const following = read({follow: true, ended: () => false, signal: stop.signal})
    setTimeout(() => stop.abort(), 50)
    expect(await following).toEqual(['one\\n'])
  })
})
