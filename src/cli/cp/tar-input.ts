import {once} from 'node:events'
import {type Duplex, PassThrough, pipeline, type Readable} from 'node:stream'
import {createGunzip, createZstdDecompress} from 'node:zlib'
import {EngineError} from '../../errors/index.ts'

const TAR_MAGIC_AT = 257
const NEEDED = 512

/** A tar on stdin, decompressed. @throws ERR_REFUSED when it is none */
export async function tarInput(input: Readable): Promise<Readable> {
  const head = await firstBytes(input)
  if (startsWith(head, [0x1f, 0x8b])) return decompressed(head, input, createGunzip())
  if (startsWith(head, [0x28, 0xb5, 0x2f, 0xfd])) return decompressed(head, input, createZstdDecompress())
  if (head.subarray(TAR_MAGIC_AT, TAR_MAGIC_AT + 5).toString('latin1') !== 'ustar')
    throw new EngineError('ERR_REFUSED', 'source must be a (compressed) tar archive when copying from stdin')
  return whole(head, input)
}

async function firstBytes(input: Readable): Promise<Buffer> {
  const parts: Buffer[] = []
  for (let length = 0; length < NEEDED && !input.readableEnded; ) {
    const chunk = input.read() as Buffer | null
    if (chunk) {
      parts.push(chunk)
      length += chunk.length
    } else await Promise.race([once(input, 'readable'), once(input, 'end')])
  }
  return Buffer.concat(parts)
}

function startsWith(bytes: Buffer, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte)
}

function whole(head: Buffer, rest: Readable): Readable {
  const all = new PassThrough()
  all.write(head)
  rest.once('error', (error) => all.destroy(error))
  return rest.pipe(all)
}

function decompressed(head: Buffer, rest: Readable, through: Duplex): Readable {
  // A failure destroys `through`, and with it whoever reads from there learns of it.
  return pipeline(whole(head, rest), through, () => undefined)
}
