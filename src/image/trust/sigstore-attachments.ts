import {hasCode} from '../../errors/index.ts'
import type {Digest} from '../../oci/types/image-spec.ts'
import {hexOf} from '../digest.ts'
import {parseManifest} from '../documents/manifest.ts'
import type {Repository} from '../registry/repository.ts'

/** A signature that cosign made. */
export interface AttachedSignature {
  readonly payload: Buffer
  readonly signature: Buffer
}

const PAYLOAD_TYPE = 'application/vnd.dev.cosign.simplesigning.v1+json'
const SIGNATURE = 'dev.cosignproject.cosign/signature'
const MAX_PAYLOAD_BYTES = 4 * 1024 * 1024

/**
 * The signatures that lie beside an image, as layers of the manifest tagged `sha256-HEX.sig`.
 * @see cosign's specs/SIGNATURE_SPEC.md
 */
export async function readAttachments(
  repository: Repository,
  digest: Digest,
  signal?: AbortSignal,
): Promise<readonly AttachedSignature[]> {
  const bytes = await readIfThere(repository, `sha256-${hexOf(digest)}.sig`, signal)
  if (!bytes) return []
  const signatures: AttachedSignature[] = []
  for (const layer of parseManifest(bytes).layers) {
    const text = layer.annotations?.[SIGNATURE]
    if (layer.mediaType !== PAYLOAD_TYPE || text === undefined) continue
    const payload = await repository.readBlob(layer, MAX_PAYLOAD_BYTES, signal)
    signatures.push({payload, signature: Buffer.from(text, 'base64')})
  }
  return signatures
}

async function readIfThere(
  repository: Repository,
  tag: string,
  signal: AbortSignal | undefined,
): Promise<Buffer | undefined> {
  try {
    return (await repository.manifest(tag, signal)).bytes
  } catch (error) {
    if (hasCode(error, 'ERR_MANIFEST_UNKNOWN')) return undefined
    throw error
  }
}
