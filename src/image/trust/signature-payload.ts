import {EngineError} from '../../errors/index.ts'
import type {Digest} from '../../oci/types/image-spec.ts'
import {Field} from '../documents/field.ts'

/** What a signature says. @see containers-signature(5); cosign's SIGNATURE_SPEC */
export interface SignaturePayload {
  readonly digest: Digest
  /** The name that the image had where it was signed. */
  readonly identity: string
}

/** The `type` of the payload by whom it is made. */
const types = {gpg: 'atomic container signature', sigstore: 'cosign container image signature'} as const

/** @throws ERR_POLICY for what is no such payload */
export function parsePayload(bytes: Uint8Array, maker: keyof typeof types): SignaturePayload {
  const critical = Field.ofDocument(bytes, 'signature', 'ERR_POLICY').at('critical')
  const unknown = Object.keys(critical.object()).find((key) => !['type', 'image', 'identity'].includes(key))
  if (unknown !== undefined) critical.fail(`unknown field "${unknown}"`)
  const type = critical.at('type').string()
  if (type !== types[maker]) throw new EngineError('ERR_POLICY', `Unrecognized signature type ${type}`)
  return {
    digest: critical.at('image').at('docker-manifest-digest').digest(),
    identity: critical.at('identity').at('docker-reference').string(),
  }
}

/** The payload of GPG's simple signing. */
export function makePayload({digest, identity}: SignaturePayload, now: Date): Buffer {
  const critical = {
    identity: {'docker-reference': identity},
    image: {'docker-manifest-digest': digest},
    type: types.gpg,
  }
  const optional = {creator: 'berth', timestamp: Math.floor(now.getTime() / 1000)}
  return Buffer.from(JSON.stringify({critical, optional}))
}
