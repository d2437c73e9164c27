import {execFileSync} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {gzipSync, zstdCompressSync} from 'node:zlib'
import {describe, expect, test} from 'vitest'
import {openDecompressed} from '../../storage/decompress.ts'

const content = Buffer.concat([randomBytes(300_000), Buffer.alloc(2_000_000, 'text ')])
const skippable = Buffer.concat([Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0]), Buffer.from('toc!')])

const forms: Record<string, () => Buffer> = {
  plain: () => content,
  gzip: () => gzipSync(content),
  'gzip of two members': () => Buffer.concat([gzipSync(content.subarray(0, 1000)), gzipSync(content.subarray(1000))]),
  zstd: () => zstdCompressSync(content),
  'zstd of two frames': () =>
    Buffer.concat([zstdCompressSync(content.subarray(0, 1000)), zstdCompressSync(content.subarray(1000))]),
  'zstd with skippable frames': () =>
    Buffer.concat([
      skippable,
      zstdCompressSync(content.subarray(0, 1000)),
      zstdCompressSync(content.subarray(1000)),
      skippable,
    ]),
  xz: () => execFileSync('xz', ['-c'], {input: content, maxBuffer: 1e8}),
  bzip2: () => execFileSync('bzip2', ['-c'], {input: content, maxBuffer: 1e8}),
}

/** Each is gone when the next is asked for. */
async function* pieces(bytes: Buffer, size: number) {
  const piece = Buffer.alloc(size)
  for (let at = 0; at < bytes.length; at += size) {
    yield piece.subarray(0, bytes.copy(piece, 0, at, at + size))
    piece.fill(0xee)
  }
}

async function decompressed(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const copies: Buffer[] = []
  for await (const chunk of (await openDecompressed(source)).chunks) copies.push(Buffer.from(chunk))
  return Buffer.concat(copies)
}

describe('decompress', () => {
  test.each(Object.keys(forms))('%s, in pieces of any size', async (form) => {
    const bytes = forms[form]?.() ?? Buffer.alloc(0)
    for (const size of [bytes.length, 65_536, 4097]) {
      const out = await decompressed(pieces(bytes, size))
      expect(out.equals(content)).toBe(true)
    }
  })

  test('the first bytes may come one by one', async () => {
    const bytes = gzipSync(Buffer.from('hello'))
    expect((await decompressed(pieces(bytes, 1))).toString()).toBe('hello')
  })

  test('nothing is nothing', async () => {
    expect(await decompressed(pieces(Buffer.alloc(0), 1))).toHaveLength(0)
  })

  test.each(['gzip', 'zstd', 'xz', 'bzip2'])('%s that ends early or is damaged is refused', async (form) => {
    const bytes = forms[form]?.() ?? Buffer.alloc(0)
    const invalid = {code: 'ERR_ARCHIVE_INVALID', message: expect.stringContaining(`cannot decompress ${form}`)}
    const cut = bytes.subarray(0, bytes.length - 100)
    await expect(decompressed(pieces(cut, 65_536)).then(() => 'accepted')).rejects.toMatchObject(invalid)
    const damaged = Buffer.from(bytes)
    damaged.fill(0xff, 6, 40)
    await expect(decompressed(pieces(damaged, 65_536)).then(() => 'accepted')).rejects.toMatchObject(invalid)
  })

  test.each(['plain', 'gzip', 'xz'])('a source that fails keeps its error (%s)', async (form) => {
    const bytes = forms[form]?.() ?? Buffer.alloc(0)
    async function* failing() {
      yield bytes.subarray(0, 1000)
      throw new Error('connection reset')
    }
    await expect(decompressed(failing())).rejects.toThrow('connection reset')
  })
})
