import {hasCode, inContext} from '../errors/index.ts'
import {checkDigest, imageOfManifest} from './archive/manifest-image.ts'
import {type CopyReport, quiet} from './copy-report.ts'
import {isIndexType, MAX_CONFIG_BYTES, parseIndex} from './documents/manifest.ts'
import type {Image} from './image.ts'
import type {ImageStore} from './image-store.ts'
import {choosePlatform, type PlatformWanted} from './platform.ts'
import {familiarName, formatReference, type Reference, repositoryOf, withDefaultTag} from './reference.ts'
import {type Endpoint, pullEndpoints} from './registry/endpoints.ts'
import {PartialBlobs} from './registry/partial-blobs.ts'
import type {RegistryAccess} from './registry/registry-access.ts'
import type {RemoteManifest, Repository} from './registry/repository.ts'
import {readManifest} from './registry/top-manifest.ts'
import {storeImage} from './store-image.ts'
import {checkSignatures} from './trust/check-signatures.ts'
import {signaturesNeeded} from './trust/policy.ts'
import type {SignatureRequirement} from './trust/requirements.ts'

export interface PullOptions {
  readonly access: RegistryAccess
  readonly platform?: PlatformWanted
  /** Another policy.json than the usual. */
  readonly policyPath?: string
  readonly report?: CopyReport
  readonly signal?: AbortSignal
}

/**
 * Pulls one image under its full name, from the first of its mirrors or the registry that has it. Layers come side by
 * side and are checked while they are unpacked; those that are there are not asked for.
 */
export async function pullReference(store: ImageStore, asked: Reference, options: PullOptions): Promise<Image> {
  const reference = withDefaultTag(asked)
  const {environment} = options.access
  const subject = {transport: 'docker', identity: formatReference(reference)} as const
  const needed = signaturesNeeded(environment, subject, options.policyPath)
  options.report?.line?.(`Trying to pull ${formatReference(reference)}...`)
  const failures: unknown[] = []
  for (const endpoint of pullEndpoints(options.access.conf, reference)) {
    try {
      return await pullFrom(store, reference, endpoint, needed, options)
    } catch (error) {
      options.signal?.throwIfAborted()
      if (!endpoint.isMirror) throw failed(error, endpoint.reference)
      failures.push(error)
    }
  }
  throw failures.at(-1)
}

async function pullFrom(
  store: ImageStore,
  reference: Reference,
  endpoint: Endpoint,
  needed: readonly SignatureRequirement[],
  {access, platform, report = quiet, signal}: PullOptions,
): Promise<Image> {
  const repository = await access.repository(endpoint)
  const top = await readManifest(repository, endpoint.reference, signal)
  const instance = await chooseInstance(repository, top, platform ?? {}, signal)
  await checkSignatures(needed, {
    environment: access.environment,
    reference,
    place: endpoint.reference,
    repository,
    digest: instance.digest,
    http: access.web,
    ...(signal && {signal}),
  })
  const partials = new PartialBlobs(store.directory)
  partials.removeStale()
  const source = await imageOfManifest(instance.bytes, {
    read: async (descriptor) =>
      checkDigest(
        await repository.readBlob(descriptor, MAX_CONFIG_BYTES, signal),
        descriptor.digest,
        'image configuration',
      ),
    open: (descriptor, stop) => repository.openBlob(descriptor, stop ?? signal, partials),
  })
  const image = await storeImage(
    store,
    {...source, ...(top !== instance && {indexBytes: top.bytes})},
    {
      names: [nameOf(reference)],
      report,
      isSigned: needed.length > 0,
      origin: repositoryOf(endpoint.reference),
      ...(signal && {signal}),
    },
  )
  store.emit('pull', image.id, formatReference(reference))
  return image
}

/** With tag and digest the digest alone is kept, as podman does: nothing says that the tag still means it. */
function nameOf(reference: Reference): string {
  const {tag: _, ...digested} = reference
  return formatReference(reference.digest === undefined ? reference : digested)
}

async function chooseInstance(
  repository: Repository,
  top: RemoteManifest,
  platform: PlatformWanted,
  signal: AbortSignal | undefined,
): Promise<RemoteManifest> {
  if (!isIndexType(top.mediaType)) return top
  const chosen = choosePlatform(parseIndex(top.bytes), platform)
  return repository.manifest(chosen.digest, signal)
}

function failed(error: unknown, reference: Reference): unknown {
  if (
    !hasCode(error, 'ERR_MANIFEST_UNKNOWN', 'ERR_UNAUTHORIZED', 'ERR_CONNECTION', 'ERR_REGISTRY', 'ERR_REGISTRY_BUSY')
  )
    return error
  return inContext(`initializing source docker://${familiarName(reference)}`, error)
}
