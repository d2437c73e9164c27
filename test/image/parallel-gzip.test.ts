import {execFileSync} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {Readable} from 'node:stream'
import {gzipSync} from 'node:zlib'
import {expect, test} from 'vitest'
import {gzipInParallel} from '../../src/image/parallel-gzip.ts'

const words = Buffer.concat(Array.from({length: 3000}, (_, index) => Buffer.from(`line ${index * 7919} of a text\n`)))
const block = randomBytes(5000)
const sources: Readonly<Record<string, Buffer>> = {
  nothing: Buffer.alloc(0),
  'one byte': Buffer.from('x'),
  'less than a piece': words,
  'exactly one piece': Buffer.alloc(256 * 1024, 'piece '),
  'what does not compress': randomBytes(700_000),
  'what looks as if it did not': Buffer.concat(Array.from({length: 200}, () => block)),
  'many pieces': Buffer.concat([words, randomBytes(1_500_000), Buffer.alloc(3_000_000), words, words]),
}

async function compress(bytes: Buffer, size = 70_000): Promise<Buffer> {
  const pieces = function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  return whole(gzipInParallel(Readable.from(pieces()), 4))
}

/** A chunk is there only until the next is asked for. */
async function whole(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const copies: Buffer[] = []
  for await (const chunk of chunks) copies.push(Buffer.from(chunk))
  return Buffer.concat(copies)
}

test.each(Object.keys(sources))('gzip reads %s again', async (name) => {
  const bytes = sources[name] ?? Buffer.alloc(0)
  const unpacked = execFileSync('gzip', ['-dc'], {input: await compress(bytes), maxBuffer: 1e8})
  expect(unpacked.equals(bytes)).toBe(true)
})

test('the same bytes give the same blob, however they come', async () => {
  const bytes = sources['many pieces'] ?? Buffer.alloc(0)
  expect((await compress(bytes, 1000)).equals(await compress(bytes, 1_000_000))).toBe(true)
})

test('pieces cost hardly any room: each knows the end of the one before', async () => {
  const bytes = Buffer.concat(Array.from({length: 30}, () => words))
  expect((await compress(bytes)).length).toBeLessThan(gzipSync(bytes, {level: 4}).length * 1.02)
})

test('what does not compress is stored, what repeats itself is not', async () => {
  const random = sources['what does not compress'] ?? Buffer.alloc(0)
  const stored = await compress(random)
  expect(stored.length - random.length).toBeLessThan(100)
  expect(stored.includes(random.subarray(0, 60_000))).toBe(true)
  expect((await compress(sources['what looks as if it did not'] ?? Buffer.alloc(0))).length).toBeLessThan(100_000)
})

test('a source that fails, and a reader that leaves, end it', async () => {
  const failing = Readable.from(
    (function* () {
      yield Buffer.alloc(600_000)
      throw new Error('broken')
    })(),
  )
  await expect(whole(gzipInParallel(failing, 4))).rejects.toThrow('broken')
  for await (const _ of gzipInParallel(Readable.from([randomBytes(2_000_000)]), 4)) break
})
