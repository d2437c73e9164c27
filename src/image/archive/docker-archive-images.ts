import {EngineError} from '../../errors/index.ts'
import {type Descriptor, type Digest, mediaTypes} from '../../oci/types/image-spec.ts'
import {digestOf} from '../digest.ts'
import {parseImageConfig} from '../documents/config.ts'
import {Field} from '../documents/field.ts'
import {indexOfReference} from '../named-archive.ts'
import {formatReference, parseReference, withDefaultTag} from '../reference.ts'
import type {SourceLayer} from '../source-image.ts'
import type {ArchiveFiles} from './archive-files.ts'
import type {ArchivedImage} from './archived-image.ts'

interface ManifestItem {
  readonly Config: string
  readonly RepoTags: readonly string[]
  readonly Layers: readonly string[]
}

/**
 * The images of `docker save`: `manifest.json` lists per image its configuration, its names and its layers' paths.
 * @see https://github.com/moby/docker-image-spec/blob/main/v1.3.md, Combined Image JSON + Filesystem Changeset Format
 */
export async function readDockerArchive(files: ArchiveFiles): Promise<readonly ArchivedImage[]> {
  const items = await readItems(files)
  return Promise.all(items.map((item) => readImage(files, item)))
}

/**
 * One of its images: that with this name (which is then its only one), that at `@N`, or without a reference the only
 * one. @throws ERR_REFUSED in podman's words
 */
export async function readOneOfDockerArchive(
  files: ArchiveFiles,
  reference: string | undefined,
): Promise<ArchivedImage> {
  return readImage(files, chooseItem(await readItems(files), reference))
}

async function readItems(files: ArchiveFiles): Promise<readonly ManifestItem[]> {
  const document = Field.ofDocument(await files.read('manifest.json'), 'manifest.json', 'ERR_ARCHIVE_INVALID')
  return document.items().map(parseItem)
}

function chooseItem(items: readonly ManifestItem[], reference: string | undefined): ManifestItem {
  const index = reference === undefined ? 0 : indexOfReference(reference)
  if (reference === undefined && items.length !== 1)
    throw new EngineError('ERR_REFUSED', `Unexpected tar manifest.json: expected 1 item, got ${items.length}`)
  if (index !== undefined) {
    const item = items[index]
    if (item) return item
    throw new EngineError(
      'ERR_REFUSED',
      `Invalid source index @${index}, only ${items.length} manifest items available`,
    )
  }
  const name = fullName(reference ?? '')
  const item = items.find(({RepoTags}) => RepoTags.some((tag) => fullName(tag) === name))
  if (!item) throw new EngineError('ERR_REFUSED', `Tag "${name}" not found`)
  return {...item, RepoTags: [name]}
}

function fullName(tag: string): string {
  return formatReference(withDefaultTag(parseReference(tag)))
}

async function readImage(files: ArchiveFiles, item: ManifestItem): Promise<ArchivedImage> {
  const configBytes = await files.read(item.Config)
  const {diff_ids: diffIDs} = parseImageConfig(configBytes).rootfs
  if (diffIDs.length !== item.Layers.length)
    throw new EngineError(
      'ERR_ARCHIVE_INVALID',
      `${item.Config} lists ${diffIDs.length} layers, manifest.json ${item.Layers.length}`,
    )
  const layers = item.Layers.map((path, index) => ({path, diffID: diffIDs[index] as Digest}))
  const missing = layers.find(({path}) => !files.has(path))
  if (missing) throw new EngineError('ERR_ARCHIVE_INVALID', `${missing.path} is missing`)
  return {
    configBytes,
    manifestBytes: manifestOfArchived(
      configBytes,
      layers.map(({path, diffID}) => ({digest: diffID, size: files.size(path)})),
    ),
    names: item.RepoTags.map(fullName),
    layers: layers.map(({path, diffID}): SourceLayer => ({diffID, open: () => files.open(path)})),
  }
}

/**
 * The archive has no manifest. This is the one podman makes, with its wrong media type for plain layers, so that both
 * show the same digest.
 */
export function manifestOfArchived(
  configBytes: Uint8Array,
  layers: readonly Pick<Descriptor, 'digest' | 'size'>[],
): Uint8Array {
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.dockerManifest,
      config: {mediaType: mediaTypes.dockerConfig, size: configBytes.length, digest: digestOf(configBytes)},
      layers: layers.map(({digest, size}) => ({mediaType: mediaTypes.dockerLayerGzip, size, digest})),
    }),
  )
}

function parseItem(item: Field): ManifestItem {
  return {
    Config: item.at('Config').string(),
    RepoTags: item.at('RepoTags').optional((tags) => tags.strings()) ?? [],
    Layers: item.at('Layers').optional((layers) => layers.strings()) ?? [],
  }
}
