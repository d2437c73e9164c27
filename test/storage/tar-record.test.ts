import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {readTarRecord, TarRecordWriter} from '../../storage/tar-record.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'berth-record-'))
})
afterEach(() => rmSync(directory, {recursive: true}))

function write(path: string, steps: (writer: TarRecordWriter) => void): void {
  using writer = new TarRecordWriter(path)
  steps(writer)
  writer.finish()
}

test('steps come back, content that continues as one', () => {
  const path = join(directory, 'r')
  const large = Buffer.alloc(3_000_000, 'header ')
  write(path, (writer) => {
    writer.structure(Buffer.from('first'))
    writer.file('a/\xff')
    for (const [offset, length] of [
      [0, 10],
      [10, 5],
      [100, 2 ** 40],
    ] as const)
      writer.content(offset, length)
    writer.structure(large)
    writer.file('b')
    writer.content(0, 1)
  })
  const steps = [...readTarRecord(path)]
  const structure = Buffer.concat(steps.flatMap((step) => (step.kind === 'structure' ? [step.bytes] : [])))
  expect(structure.equals(Buffer.concat([Buffer.from('first'), large]))).toBe(true)
  expect(steps.filter(({kind}) => kind !== 'structure')).toEqual([
    {kind: 'file', path: 'a/\xff'},
    {kind: 'content', offset: 0, length: 15},
    {kind: 'content', offset: 100, length: 2 ** 40},
    {kind: 'file', path: 'b'},
    {kind: 'content', offset: 0, length: 1},
  ])
  expect(readFileSync(path).length).toBeLessThan(2000)
})

test('a damaged record is told', () => {
  const path = join(directory, 'r')
  write(path, (writer) => writer.structure(Buffer.from('some bytes of a header that do not repeat')))
  const whole = readFileSync(path)
  const corrupt = expect.objectContaining({code: 'ERR_RECORD_CORRUPT'})
  for (const end of [2, 10, whole.length - 1]) {
    writeFileSync(path, whole.subarray(0, end))
    expect(() => [...readTarRecord(path)]).toThrow(corrupt)
  }
  for (let at = 4; at < whole.length; at++) {
    const damaged = Buffer.from(whole)
    damaged[at] = (damaged[at] ?? 0) ^ 0x55
    writeFileSync(path, damaged)
    expect(() => [...readTarRecord(path)]).toThrow(corrupt)
  }
})
