import {resolve} from 'node:path'
import {EngineError, inContext} from '../../errors/index.ts'
import type {Descriptor, ImageConfig, Platform} from '../../oci/types/image-spec.ts'
import {checkDigest} from '../archive/manifest-image.ts'
import {parseImageConfig} from '../documents/config.ts'
import {isIndexType, MAX_CONFIG_BYTES, parseIndex, parseManifest} from '../documents/manifest.ts'
import type {Image} from '../image.ts'
import type {ImageStore} from '../image-store.ts'
import {type ArchivePlace, formatArchivePlace, parseArchivePlace} from '../named-archive.ts'
import {choosePlatform, type PlatformWanted} from '../platform.ts'
import {formatReference, parseReference, type Reference, withDefaultTag} from '../reference.ts'
import type {RegistryAccess} from '../registry/registry-access.ts'
import type {RemoteManifest} from '../registry/repository.ts'
import {readTopManifest} from '../registry/top-manifest.ts'
import {registryName, storedName} from '../transports.ts'
import {openPlaceSource, type PlaceSource} from './place-source.ts'

const SETTING_UP = 'setting up to read manifest and configuration'

/** An image as an entry of a list. */
export interface Instance {
  readonly entry: Descriptor
  /** `docker://…@sha256:…` when only a registry has it; the place when an archive or directory has it. */
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
 * What `text` adds to a list: an image of the store, or one of a registry, an archive or a directory, whose layers are
 * not fetched. The transport says which; without one the store comes first, then the registry.
 */
export async function findInstances(
  store: ImageStore,
  text: string,
  request: InstanceRequest,
): Promise<readonly Instance[]> {
  const place = placeIn(text)
  if (place) return ofPlace(place, request)
  const stored = storedName(text)
  const name = stored ?? registryName(text)
  const local = text.startsWith('docker://') ? undefined : store.find(name, {list: true})
  if (local) return local.record.kind === 'index' ? ofLocalList(local, request) : [instanceOf(local)]
  if (stored !== undefined) throw notStored(stored)
  return ofRegistry(withDefaultTag(parseReference(name)), request)
}

/** The place with the full name of what it names there. */
function placeIn(text: string): ArchivePlace | undefined {
  try {
    const place = parseArchivePlace(text)
    const {transport, reference} = place ?? {}
    if (!place || transport !== 'docker-archive' || reference === undefined || reference.startsWith('@')) return place
    return {...place, reference: formatReference(withDefaultTag(parseReference(reference)))}
  } catch (cause) {
    throw new EngineError('ERR_REFUSED', 'invalid reference format', {cause})
  }
}

function notStored(name: string): EngineError {
  const full = formatReference(withDefaultTag(parseReference(name)))
  return new EngineError(
    'ERR_REFUSED',
    `${SETTING_UP} from "containers-storage:${full}": reference "${full}" does not resolve to an image ID: identifier is not an image`,
  )
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
  const {signal} = request
  const {repository, manifest: top} = await readTopManifest(reference, request).catch((error: unknown) => {
    throw inContext(`${SETTING_UP} from "docker://${formatReference(reference)}"`, error)
  })
  const sourceOf = ({digest}: Descriptor) => `docker://${formatReference({...withoutTag(reference), digest})}`
  const entries = await entriesOf(top, request, (config) => repository.readBlob(config, MAX_CONFIG_BYTES, signal))
  return entries.map((entry) => ({entry, source: sourceOf(entry)}))
}

/** An image of an archive or directory, which has to be there still when the list is pushed. */
async function ofPlace(place: ArchivePlace, request: InstanceRequest): Promise<readonly Instance[]> {
  const from = `from "${formatArchivePlace(place)}"`
  await using files = await openPlaceSource(place, request.access.environment).catch((error: unknown) => {
    throw inContext(`${place.transport === 'dir' ? 'reading manifest' : SETTING_UP} ${from}`, error)
  })
  const top = await files.top().catch((error: unknown) => {
    throw inContext(`reading manifest ${from}`, error)
  })
  const entries = await entriesOf(top, request, (config) => readWhole(files, config))
  const source = formatArchivePlace({...place, path: resolve(place.path)})
  return entries.map((entry) => ({entry, source}))
}

async function readWhole(files: PlaceSource, config: Descriptor): Promise<Uint8Array> {
  if (config.size > MAX_CONFIG_BYTES)
    throw new EngineError('ERR_ARCHIVE_INVALID', `${config.digest} is longer than ${MAX_CONFIG_BYTES} bytes`)
  const parts: Buffer[] = []
  for await (const chunk of files.chunks(config)) parts.push(Buffer.from(chunk))
  return checkDigest(Buffer.concat(parts), config.digest, config.digest)
}

/** The image itself, or of a list the one for the platform, or all. */
async function entriesOf(
  {bytes, digest, mediaType}: RemoteManifest,
  {all, platform}: InstanceRequest,
  readConfig: (config: Descriptor) => Promise<Uint8Array>,
): Promise<readonly Descriptor[]> {
  if (isIndexType(mediaType)) {
    const index = parseIndex(bytes)
    return all ? index.manifests : [choosePlatform(index, platform ?? {})]
  }
  const config = parseImageConfig(await readConfig(parseManifest(bytes).config))
  return [{mediaType, digest, size: bytes.length, platform: platformOf(config)}]
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
