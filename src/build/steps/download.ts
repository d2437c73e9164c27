import {createHash} from 'node:crypto'
import {createWriteStream, utimesSync} from 'node:fs'
import {Readable, Transform} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import type {ReadableStream} from 'node:stream/web'
import {EngineError} from '../../errors/index.ts'

/**
 * Fetches a URL into a new file, readable by its owner only, with the server's modification time.
 * @param checksum `sha256:HEX`, checked while it streams
 * @throws ERR_BUILD_STEP, ERR_DIGEST_MISMATCH
 */
export async function download(url: string, path: string, checksum: string | undefined): Promise<void> {
  const response = await fetch(url).catch((cause: unknown) => {
    throw new EngineError('ERR_BUILD_STEP', `downloading ${JSON.stringify(url)}: ${(cause as Error).message}`, {cause})
  })
  if (!response.ok || !response.body)
    throw new EngineError('ERR_BUILD_STEP', `downloading ${JSON.stringify(url)}: unexpected status ${response.status}`)
  const hash = createHash('sha256')
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  await pipeline(Readable.fromWeb(response.body as ReadableStream), hashing, createWriteStream(path, {mode: 0o600}))
  const digest = `sha256:${hash.digest('hex')}`
  if (checksum !== undefined && checksum !== digest)
    throw new EngineError(
      'ERR_DIGEST_MISMATCH',
      `unexpected response digest for ${JSON.stringify(url)}: ${digest}, want ${checksum}`,
    )
  const modified = Date.parse(response.headers.get('last-modified') ?? '')
  const seconds = Number.isNaN(modified) ? 0 : modified / 1000
  utimesSync(path, seconds, seconds)
}
