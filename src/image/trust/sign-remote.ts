import {EngineError} from '../../errors/index.ts'
import type {Digest} from '../../oci/types/image-spec.ts'
import {isIndexType, parseIndex} from '../documents/manifest.ts'
import {choosePlatform} from '../platform.ts'
import {parseReference, withDefaultTag} from '../reference.ts'
import type {RegistryAccess} from '../registry/registry-access.ts'
import {readTopManifest} from '../registry/top-manifest.ts'
import type {SigningKey} from './gpg.ts'
import {signImage} from './sign-image.ts'

export interface SignRequest {
  readonly access: RegistryAccess
  readonly key: SigningKey
  /** Of a list sign every image besides the list itself. */
  readonly all?: boolean
  /** Where the signatures go instead of where registries.d says. */
  readonly directory?: string
  readonly signal?: AbortSignal
}

/** Signs an image as a registry has it. Returns the paths of the signatures. */
export async function signRemote(name: string, request: SignRequest): Promise<readonly string[]> {
  const {access, key, directory} = request
  if (!name.startsWith('docker://') && /^[a-z-]+:\//.test(name))
    throw new EngineError('ERR_NOT_SUPPORTED', `signing what is no registry's: ${name}`)
  const reference = withDefaultTag(parseReference(name.replace(/^docker:\/\//, '')))
  const paths: string[] = []
  for (const digest of await digestsOf(reference, request))
    paths.push(await signImage(access.environment, reference, digest, key, directory))
  return paths
}

async function digestsOf(
  reference: Parameters<typeof readTopManifest>[0],
  {access, all = false, signal}: SignRequest,
): Promise<readonly Digest[]> {
  const {manifest} = await readTopManifest(reference, {access, ...(signal && {signal})})
  if (!isIndexType(manifest.mediaType)) return [manifest.digest]
  const index = parseIndex(manifest.bytes)
  if (!all) return [choosePlatform(index, {}).digest]
  return [manifest.digest, ...index.manifests.map(({digest}) => digest)]
}
