import {closeSync, mkdtempSync, openSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {buffer} from 'node:stream/consumers'
import {describe, expect, test} from 'vitest'
import {FileRangeStream} from '../../storage/index.ts'

function withFile<T>(content: Buffer, action: (descriptor: number) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'berth-range-'))
  writeFileSync(join(directory, 'f'), content)
  const descriptor = openSync(join(directory, 'f'), 'r')
  return action(descriptor).finally(() => {
    closeSync(descriptor)
    rmSync(directory, {recursive: true})
  })
}

const content = Buffer.from(Array.from({length: 900_000}, (_, at) => (at * 31 + (at >> 8)) & 0xff))

async function direct(stream: FileRangeStream): Promise<Buffer> {
  const copies: Buffer[] = []
  for await (const chunk of stream.direct()) copies.push(Buffer.from(chunk))
  return Buffer.concat(copies)
}

describe('file range', () => {
  test.each([
    [0, 900_000],
    [1, 899_998],
    [5, 70_000],
    [899_999, 1],
    [10, 0],
  ])('from %i, %i bytes, both ways', (start, size) =>
    withFile(content, async (descriptor) => {
      const expected = content.subarray(start, start + size)
      expect((await buffer(new FileRangeStream(descriptor, start, size))).equals(expected)).toBe(true)
      expect((await direct(new FileRangeStream(descriptor, start, size))).equals(expected)).toBe(true)
    }),
  )

  test('several streams share a descriptor', () =>
    withFile(content, async (descriptor) => {
      const parts = await Promise.all(
        [0, 300_000, 600_000].map((at) => buffer(new FileRangeStream(descriptor, at, 300_000))),
      )
      expect(Buffer.concat(parts).equals(content)).toBe(true)
    }))

  test('a file that is shorter is told', () =>
    withFile(content, async (descriptor) => {
      const short = {code: 'ERR_ARCHIVE_INVALID'}
      await expect(buffer(new FileRangeStream(descriptor, 0, 900_001))).rejects.toMatchObject(short)
      await expect(direct(new FileRangeStream(descriptor, 0, 900_001))).rejects.toMatchObject(short)
    }))

  test('one that was destroyed ends with its reason', () =>
    withFile(content, async (descriptor) => {
      const stream = new FileRangeStream(descriptor, 0, 900_000)
      stream.on('error', () => {})
      const chunks = stream.direct()
      await chunks.next()
      stream.destroy(new Error('enough'))
      await expect(chunks.next()).rejects.toThrow('enough')
    }))
})
