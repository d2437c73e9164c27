import {EngineError, inContext} from '../../errors/index.ts'
import type {Descriptor, ImageConfig, Manifest, Platform} from '../../oci/types/image-spec.ts'
import {parseImageConfig} from '../documents/config.ts'
import {isIndexType, MAX_CONFIG_BYTES, parseIndex, parseManifest} from '../documents/manifest.ts'
import type {Image} from '../image.ts'
import type {ImageStore} from '../image-store.ts'
import {choosePlatform, type PlatformWanted} from '../platform.ts'
import {formatReference, parseReference, type Reference, withDefaultTag} from '../reference.ts'
import type {RegistryAccess} from '../registry/registry-access.ts'
import type {RemoteManifest, Repository} from '../registry/repository.ts'
import {readTopManifest} from '../registry/top-manifest.ts'

/** An image as an entry of a list. */
export interface Instance {
  readonly entry: Descriptor
  /** `docker://…@sha256:…` when only a registry has it. */
  readonly source?: string
}

export interface InstanceRequest {
  readonly access: RegistryAccess
  /** Of a list take every image instead of the one for the platform. */
  readonly all?: boolean
  readonly platform?: PlatformWanted
  readonly signal?: AbortSignal
}

/**
 * What `text` adds to a list: an image of the store, or one of a registry, whose layers are not fetched.
 * `containers-storage:` and `docker://` say which of the two; without, the store comes first.
 */
export async function findInstances(
  store: ImageStore,
  text: string,
  request: InstanceRequest,
): Promise<readonly Instance[]> {
  const {transport, name} = splitTransport(text)
  const local = transport === 'docker' ? undefined : store.find(name, {list: true})
  if (local) return local.record.kind === 'index' ? ofLocalList(local, request) : [instanceOf(local)]
  if (transport === 'containers-storage') throw new EngineError('ERR_IMAGE_UNKNOWN', name)
  return ofRegistry(withDefaultTag(parseReference(name)), request)
}

/** An image of the store as the entry of a list. */
export function instanceOf(image: Image): Instance {
  const {manifestBytes, config, digest, record} = image
  const entry = {mediaType: record.mediaType, digest, size: manifestBytes.length, platform: platformOf(config)}
  return {entry}
}

function ofLocalList(list: Image, {all, platform}: InstanceRequest): readonly Instance[] {
  const index = parseIndex(list.manifestBytes)
  const entries = all ? index.manifests : [choosePlatform(index, platform ?? {})]
  return entries.map((entry) => {
    const source = list.record.sources?.[entry.digest]
    return {entry, ...(source !== undefined && {source})}
  })
}

async function ofRegistry(reference: Reference, request: InstanceRequest): Promise<readonly Instance[]> {
  const {all, platform, signal} = request
  const {repository, manifest: top} = await readTopManifest(reference, request).catch((error: unknown) => {
    throw inContext(
      `setting up to read manifest and configuration from "docker://${formatReference(reference)}"`,
      error,
    )
  })
  const sourceOf = ({digest}: Descriptor) => `docker://${formatReference({...withoutTag(reference), digest})}`
  if (!isIndexType(top.mediaType)) {
    const entry = await entryOf(repository, top, signal)
    return [{entry, source: sourceOf(entry)}]
  }
  const index = parseIndex(top.bytes)
  const entries = all ? index.manifests : [choosePlatform(index, platform ?? {})]
  return entries.map((entry) => ({entry, source: sourceOf(entry)}))
}

async function entryOf(
  repository: Repository,
  {bytes, digest, mediaType}: RemoteManifest,
  signal: AbortSignal | undefined,
): Promise<Descriptor> {
  const manifest: Manifest = parseManifest(bytes)
  const config = parseImageConfig(await repository.readBlob(manifest.config, MAX_CONFIG_BYTES, signal))
  return {mediaType, digest, size: bytes.length, platform: platformOf(config)}
}

function platformOf(config: ImageConfig): Platform {
  const {architecture, os, variant} = config
  const {'os.version': version, 'os.features': features} = config as Partial<Platform>
  return {
    architecture,
    os,
    ...(version && {'os.version': version}),
    ...(features && features.length > 0 && {'os.features': features}),
    ...(variant && {variant}),
  }
}

function withoutTag({tag: _, ...reference}: Reference): Reference {
  return reference
}

/** @throws ERR_NOT_SUPPORTED for archives and directories */
function splitTransport(text: string): {readonly transport?: 'docker' | 'containers-storage'; readonly name: string} {
  if (text.startsWith('docker://')) return {transport: 'docker', name: text.slice('docker://'.length)}
  const found = /^(containers-storage|oci|oci-archive|docker-archive|docker-daemon|dir):(.+)$/.exec(text)
  if (!found?.[2]) return {name: text}
  if (found[1] !== 'containers-storage')
    throw new EngineError(
      'ERR_NOT_SUPPORTED',
      `transport ${found[1]}: a list takes images of the store and of registries: pull ${text} first`,
    )
  return {transport: 'containers-storage', name: found[2]}
}
