import {createPublicKey, type KeyObject, verify} from 'node:crypto'
import type {Environment} from '../../config/environment.ts'
import {EngineError} from '../../errors/index.ts'
import type {Digest} from '../../oci/types/image-spec.ts'
import type {Reference} from '../reference.ts'
import type {HttpClient} from '../registry/http-client.ts'
import type {Repository} from '../registry/repository.ts'
import {openSigned} from './gpg.ts'
import {readLookaside} from './lookaside.ts'
import {signaturePlaces} from './registries-d.ts'
import {readKey, type SignatureRequirement} from './requirements.ts'
import {parsePayload, type SignaturePayload} from './signature-payload.ts'
import {acceptsIdentity} from './signed-identity.ts'
import {type AttachedSignature, readAttachments} from './sigstore-attachments.ts'

/** An image of a registry whose signatures are to be looked at. */
export interface SignedSubject {
  readonly environment: Environment
  /** The name it was asked for by, with tag or digest. */
  readonly reference: Reference
  /** The name it has where it comes from: a mirror's may differ. */
  readonly place: Reference
  readonly repository: Repository
  readonly digest: Digest
  /** For signatures that lie on a web server. */
  readonly http: HttpClient
  readonly signal?: AbortSignal
}

/**
 * Each requirement must be met by one signature at least: of one of its keys, over this very manifest, for an identity
 * it accepts. @throws ERR_POLICY
 */
export async function checkSignatures(
  requirements: readonly SignatureRequirement[],
  subject: SignedSubject,
): Promise<void> {
  for (const requirement of requirements) {
    const found =
      requirement.type === 'signedBy' ? await simple(requirement, subject) : await attached(requirement, subject)
    await requireOne(found, requirement, subject)
  }
}

/** What a signature says once its key is checked. */
type Opened = () => SignaturePayload | Promise<SignaturePayload>

async function requireOne(
  signatures: readonly Opened[],
  requirement: SignatureRequirement,
  subject: SignedSubject,
): Promise<void> {
  const reasons: string[] = []
  for (const open of signatures) {
    try {
      checkPayload(await open(), requirement, subject)
      return
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== 'ERR_POLICY') throw error
      reasons.push(error.message)
    }
  }
  throw new EngineError('ERR_POLICY', `Source image rejected: ${summary(reasons)}`)
}

function checkPayload(
  {digest, identity}: SignaturePayload,
  {identity: rule}: SignatureRequirement,
  subject: SignedSubject,
) {
  if (!acceptsIdentity(rule, subject.reference, identity))
    throw new EngineError('ERR_POLICY', `Signature for identity ${identity} is not accepted`)
  if (digest !== subject.digest) throw new EngineError('ERR_POLICY', `Signature for digest ${digest} does not match`)
}

function summary(reasons: readonly string[]): string {
  if (reasons.length === 0) return 'A signature was required, but no signature exists'
  if (reasons.length === 1) return reasons[0] as string
  return `None of the signatures were accepted, reasons: ${reasons.join('; ')}`
}

async function simple({keys}: SignatureRequirement, subject: SignedSubject): Promise<readonly Opened[]> {
  const {environment, place, digest, http} = subject
  const {lookaside} = signaturePlaces(environment, place)
  const trusted = keys.map(readKey)
  const signatures = await readLookaside(lookaside, place, digest, http)
  return signatures.map((signature) => async () => parsePayload(await openSigned(signature, trusted), 'gpg'))
}

async function attached({keys}: SignatureRequirement, subject: SignedSubject): Promise<readonly Opened[]> {
  const {environment, place, repository, digest, signal} = subject
  if (!signaturePlaces(environment, place).useAttachments) return []
  const trusted = keys.map((key) => publicKey(readKey(key)))
  const signatures = await readAttachments(repository, digest, signal)
  return signatures.map((signature) => () => openAttached(signature, trusted))
}

function openAttached({payload, signature}: AttachedSignature, keys: readonly KeyObject[]): SignaturePayload {
  const isGood = keys.some((key) =>
    verify(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', payload, key, signature),
  )
  if (!isGood) throw new EngineError('ERR_POLICY', 'cryptographic signature verification failed')
  return parsePayload(payload, 'sigstore')
}

function publicKey(pem: Buffer): KeyObject {
  try {
    return createPublicKey(pem)
  } catch (cause) {
    throw new EngineError('ERR_CONFIG_INVALID', 'a public key of the policy is not in PEM form', {cause})
  }
}
