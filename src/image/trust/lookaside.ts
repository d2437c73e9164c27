import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {EngineError, isErrno} from '../../errors/index.ts'
import type {Digest} from '../../oci/types/image-spec.ts'
import {hexOf} from '../digest.ts'
import type {Reference} from '../reference.ts'
import type {HttpClient} from '../registry/http-client.ts'
import {refusal} from '../registry/registry-error.ts'
import {discard, readBody} from '../registry/response-body.ts'

/** Larger ones, and more of them, are no signatures. */
const MAX_BYTES = 4 * 1024 * 1024
const MAX_COUNT = 128

/**
 * The signatures of a manifest in a lookaside: `BASE/PATH@sha256=HEX/signature-N`, counted from 1 until one is missing.
 * @see containers/image docs/signature-protocols.md
 */
export async function readLookaside(
  base: string,
  reference: Reference,
  digest: Digest,
  http: HttpClient,
): Promise<readonly Buffer[]> {
  const url = urlOf(base, reference, digest)
  const signatures: Buffer[] = []
  while (signatures.length < MAX_COUNT) {
    const next = await readOne(new URL(`${url.href}/signature-${signatures.length + 1}`), http)
    if (!next) return signatures
    signatures.push(next)
  }
  throw new EngineError('ERR_POLICY', `${url.href} has more than ${MAX_COUNT} signatures`)
}

/** Adds a signature behind those that are there. @throws ERR_REFUSED for a base that is no directory */
export function writeLookaside(base: string, reference: Reference, digest: Digest, signature: Uint8Array): string {
  const url = urlOf(base, reference, digest)
  if (url.protocol !== 'file:')
    throw new EngineError(
      'ERR_REFUSED',
      `writing directly to ${base} is not supported. Configure a lookaside-staging: location`,
    )
  const directory = fileURLToPath(url)
  mkdirSync(directory, {recursive: true, mode: 0o755})
  for (let number = 1; number <= MAX_COUNT; number++) {
    const path = join(directory, `signature-${number}`)
    if (writeNew(path, signature)) return path
  }
  throw new EngineError('ERR_REFUSED', `${directory} has ${MAX_COUNT} signatures already`)
}

/** False when there is such a file: somebody else may sign at the same time. */
function writeNew(path: string, bytes: Uint8Array): boolean {
  try {
    writeFileSync(path, bytes, {mode: 0o644, flag: 'wx'})
    return true
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false
    throw error
  }
}

function urlOf(base: string, {path}: Reference, digest: Digest): URL {
  try {
    return new URL(`${base.replace(/\/+$/, '')}/${path}@sha256=${hexOf(digest)}`)
  } catch (cause) {
    throw new EngineError('ERR_CONFIG_INVALID', `Invalid signature storage URL ${base}`, {cause})
  }
}

async function readOne(url: URL, http: HttpClient): Promise<Buffer | undefined> {
  if (url.protocol === 'file:') return readOwn(fileURLToPath(url))
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new EngineError('ERR_CONFIG_INVALID', `Unsupported scheme when reading signature from ${url.href}`)
  const response = await http.request({method: 'GET', url})
  if (response.status === 200) return readBody(response, MAX_BYTES)
  if (response.status !== 404) throw await refusal(response)
  discard(response)
  return undefined
}

function readOwn(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw error
  }
}
