import type {Environment} from '../../config/environment.ts'
import {EngineError} from '../../errors/index.ts'
import type {Digest} from '../../oci/types/image-spec.ts'
import {formatReference, type Reference} from '../reference.ts'
import {type SigningKey, sign} from './gpg.ts'
import {writeLookaside} from './lookaside.ts'
import {signaturePlaces} from './registries-d.ts'
import {makePayload} from './signature-payload.ts'

/**
 * Signs a manifest under the name that it has in a registry, and keeps the signature where registries.d says (or in
 * `directory`). Returns its path. @throws ERR_REFUSED when gpg cannot sign, or the place is no directory
 */
export async function signImage(
  environment: Environment,
  reference: Reference,
  digest: Digest,
  key: SigningKey,
  directory?: string,
): Promise<string> {
  const identity = formatReference(reference)
  if (reference.tag === undefined)
    throw new EngineError('ERR_REFUSED', `Can not create a signature for ${identity}: it has no tag`)
  const signature = await sign(makePayload({digest, identity}, new Date()), key)
  const base = directory === undefined ? signaturePlaces(environment, reference).staging : `file://${directory}`
  return writeLookaside(base, reference, digest, signature)
}
