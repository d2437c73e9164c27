import {PassThrough, Readable, Writable} from 'node:stream'
import {expect, test} from 'vitest'
import {feed, lent, letGo, written} from '../../storage/lent-chunks.ts'
import {through} from '../../storage/through.ts'

/** Always in the same buffer, and spoilt when the next is asked for. */
async function* reused(count: number): AsyncGenerator<Buffer> {
  const chunk = Buffer.alloc(50_000)
  for (let number = 0; number < count; number++) {
    yield chunk.fill(number)
    chunk.fill(0xff)
  }
}

function isRow(bytes: Buffer, count: number): boolean {
  return bytes.length === count * 50_000 && bytes.every((byte, at) => byte === Math.floor(at / 50_000))
}

/** Takes its time, and looks at the bytes only then. */
function slowSink(taken: Buffer[]): Writable {
  return new Writable({
    write: (chunk: Buffer, _, done) =>
      void setTimeout(() => {
        taken.push(Buffer.from(chunk))
        done()
      }, 2),
  })
}

test('a chunk stays until the sink has taken it', async () => {
  const taken: Buffer[] = []
  await feed(reused(20), slowSink(taken))
  expect(isRow(Buffer.concat(taken), 20)).toBe(true)
})

test('what passes a stream is whole, and its buffers are given back', async () => {
  const copies: Buffer[] = []
  const buffers: ArrayBufferLike[] = []
  for await (const chunk of through(copied(reused(20)), new PassThrough())) {
    copies.push(Buffer.from(chunk))
    buffers.push(chunk.buffer)
  }
  expect(isRow(Buffer.concat(copies), 20)).toBe(true)
  expect(buffers.map(({byteLength}) => byteLength)).toEqual(buffers.map(() => 0))
})

/** A PassThrough gives out the very buffers that it gets. */
async function* copied(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(new Uint8Array(chunk).buffer)
}

test('only the last part of a buffer gives it back, and none that may be shared', () => {
  const whole = Buffer.from(new ArrayBuffer(100_000))
  letGo(whole.subarray(0, 50_000))
  expect(whole).toHaveLength(100_000)
  letGo(whole.subarray(50_000))
  expect(whole).toHaveLength(0)
  const pooled = Buffer.from('pooled')
  letGo(Buffer.from(pooled.buffer))
  expect(pooled.toString()).toBe('pooled')
})

test('a reader that leaves ends the source', async () => {
  let isEnded = false
  const source = (async function* () {
    try {
      yield* reused(1000)
    } finally {
      isEnded = true
    }
  })()
  for await (const _ of through(copied(source), new PassThrough())) break
  await expect.poll(() => isEnded).toBe(true)
})

test('a source that fails destroys the sink, a sink that fails ends the source', async () => {
  const failing = (async function* () {
    yield* reused(1)
    throw new Error('broken source')
  })()
  const sink = slowSink([])
  await expect(feed(failing, sink)).rejects.toThrow('broken source')
  expect(sink.destroyed).toBe(true)
  const broken = new Writable({write: (_, __, done) => done(new Error('broken sink'))})
  await expect(feed(reused(5), broken)).rejects.toThrow('broken sink')
})

test('a sink that closes takes nothing any more', async () => {
  const stuck = new Writable({write: () => {}})
  const waiting = written(stuck, Buffer.from('x'))
  stuck.destroy()
  await expect(waiting).rejects.toThrow()
  await expect(written(stuck, Buffer.from('x'))).rejects.toThrow()
})

test('the stream of a failing source fails', async () => {
  const failing = Readable.from(
    (function* () {
      yield Buffer.from('x')
      throw new Error('broken')
    })(),
  )
  const read = async () => {
    for await (const _ of lent(failing));
  }
  await expect(read()).rejects.toThrow('broken')
})
