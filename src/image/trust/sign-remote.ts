import {existsSync} from 'node:fs'
import {resolve} from 'node:path'
import {EngineError, inContext} from '../../errors/index.ts'
import type {Digest} from '../../oci/types/image-spec.ts'
import {isIndexType, parseIndex} from '../documents/manifest.ts'
import {parseArchivePlace} from '../named-archive.ts'
import {choosePlatform} from '../platform.ts'
import {familiarName, formatReference, parseReference, type Reference, withDefaultTag} from '../reference.ts'
import type {RegistryAccess} from '../registry/registry-access.ts'
import {readTopManifest} from '../registry/top-manifest.ts'
import type {SigningKey} from './gpg.ts'
import {signImage} from './sign-image.ts'

export interface SignRequest {
  readonly access: RegistryAccess
  readonly key: SigningKey
  /** Of a list sign every image besides the list itself. */
  readonly all?: boolean
  /** Where the signatures go instead of where registries.d says; it has to be there. */
  readonly directory?: string
  readonly signal?: AbortSignal
}

/** Signs an image as a registry has it. Returns the paths of the signatures. @throws ERR_REFUSED in podman's words */
export async function signRemote(name: string, request: SignRequest): Promise<readonly string[]> {
  const {access, key, directory} = request
  const reference = registryReference(name)
  if (directory !== undefined) checkDirectory(directory)
  const paths: string[] = []
  for (const digest of await digestsOf(reference, request)) {
    const signed = signImage(access.environment, reference, digest, key, directory && resolve(directory))
    const path = await signed.catch((error: unknown) => {
      throw inContext(`storing signature for ${formatReference(reference)}, ${digest}`, error)
    })
    paths.push(path)
  }
  return paths
}

/** Only what a registry has is known by a name that a signature can tell. @throws ERR_REFUSED in podman's words */
function registryReference(name: string): Reference {
  if (name.startsWith('docker://')) return withDefaultTag(parseReference(name.slice('docker://'.length)))
  throw new EngineError(
    'ERR_REFUSED',
    parseArchivePlace(name)
      ? `cannot determine canonical Docker reference for destination ${name}`
      : `parsing image name: Invalid image name "${name}", expected colon-separated transport:reference`,
  )
}

function checkDirectory(path: string): void {
  if (!existsSync(path)) throw new EngineError('ERR_REFUSED', `stat ${path}: no such file or directory`)
}

async function digestsOf(reference: Reference, {access, all = false, signal}: SignRequest): Promise<readonly Digest[]> {
  const {manifest} = await readTopManifest(reference, {access, ...(signal && {signal})}).catch((error: unknown) => {
    throw inContext('getting image source', error)
  })
  if (!isIndexType(manifest.mediaType)) {
    if (!all) return [manifest.digest]
    const image = `docker://${familiarName(reference)}`
    throw new EngineError(
      'ERR_REFUSED',
      `${image} is not a multi-architecture image (manifest type ${manifest.mediaType})`,
    )
  }
  const index = parseIndex(manifest.bytes)
  if (!all) return [choosePlatform(index, {}).digest]
  return [manifest.digest, ...index.manifests.map(({digest}) => digest)]
}
