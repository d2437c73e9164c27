import {dirname, join} from 'node:path'
import type {ImageConfig, ImageHistory, ImageRunConfig, Manifest} from '../oci/types/image-spec.ts'
import {mediaTypes} from '../oci/types/image-spec.ts'
import {parseManifest} from './documents/manifest.ts'
import {goTime} from './go-time.ts'
import type {Image} from './image.ts'
import type {ImageStore} from './image-store.ts'
import {parseReference, repositoryOf} from './reference.ts'
import {ImageRelations} from './relations.ts'

/** What `image inspect` prints of an image; keys and order are podman's. */
export interface InspectImage {
  readonly Id: string
  readonly Digest: string
  readonly RepoTags: readonly string[]
  readonly RepoDigests: readonly string[]
  readonly Parent: string
  readonly Comment: string
  readonly Created: string
  readonly Config: ImageRunConfig
  readonly Version: string
  readonly Author: string
  readonly Architecture: string
  readonly Os: string
  readonly Size: number
  readonly VirtualSize: number
  readonly GraphDriver: {readonly Name: string; readonly Data: Readonly<Record<string, string>> | null}
  readonly RootFS: {readonly Type: 'layers'; readonly Layers: readonly string[]}
  readonly Labels: Readonly<Record<string, string>> | null
  readonly Annotations: Readonly<Record<string, string>>
  readonly ManifestType: string
  readonly User: string
  readonly History: readonly ImageHistory[]
  readonly NamesHistory: readonly string[]
  readonly Healthcheck?: ImageRunConfig['Healthcheck']
}

export function inspectImage(store: ImageStore, image: Image): InspectImage {
  const {config, record} = image
  const manifest = parseManifest(image.manifestBytes)
  const run = config.config ?? {}
  return {
    Id: image.id,
    Digest: image.digest,
    RepoTags: image.names.filter((name) => !name.includes('@')),
    RepoDigests: repoDigests(image),
    Parent: new ImageRelations(store.list()).parentOf(image)?.id ?? '',
    Comment: commentOf(record.mediaType, config),
    Created: goTime(record.createdAt),
    Config: runConfig(run),
    Version: textOf(config, 'docker_version'),
    Author: config.author ?? '',
    Architecture: record.architecture,
    Os: record.os,
    Size: record.sizeBytes,
    VirtualSize: record.sizeBytes,
    GraphDriver: {Name: store.layers.driver, Data: graphData(store, image)},
    RootFS: {Type: 'layers', Layers: record.diffIDs},
    Labels: Object.keys(record.labels).length > 0 ? record.labels : null,
    Annotations: annotationsOf(manifest),
    ManifestType: record.mediaType,
    User: run.User ?? '',
    History: (config.history ?? []).map(historyEntry),
    NamesHistory: image.namesHistory,
    ...(run.Healthcheck && {Healthcheck: run.Healthcheck}),
  }
}

/** The directories of its layers, by the names that podman gives them. */
function graphData({layers}: ImageStore, {topLayer}: Image): Readonly<Record<string, string>> | null {
  if (topLayer === undefined || layers.driver !== 'overlay') return null
  const [upper = '', ...lowers] = layers.layerPaths(topLayer)
  return {
    ...(lowers.length > 0 && {LowerDir: lowers.join(':')}),
    UpperDir: upper,
    WorkDir: join(dirname(upper), 'work'),
  }
}

/** `REPOSITORY@DIGEST` for every repository it has a name in and every manifest it came with. */
export function repoDigests(image: Image): readonly string[] {
  const repositories = new Set(image.names.map((name) => repositoryOf(parseReference(name))))
  return [...repositories].flatMap((repository) => image.digests.map((digest) => `${repository}@${digest}`)).sort()
}

/** Only the fields of the image spec, in its order, empty ones left out. */
function runConfig(run: ImageRunConfig): ImageRunConfig {
  const {User, ExposedPorts, Env, Entrypoint, Cmd, Volumes, WorkingDir, Labels, StopSignal} = run
  const fields = {User, ExposedPorts, Env, Entrypoint, Cmd, Volumes, WorkingDir, Labels, StopSignal}
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)))
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

function historyEntry(entry: ImageHistory): ImageHistory {
  return {
    ...(entry.created !== undefined && {created: goTime(entry.created)}),
    ...(entry.created_by && {created_by: entry.created_by}),
    ...(entry.author && {author: entry.author}),
    ...(entry.comment && {comment: entry.comment}),
    ...(entry.empty_layer && {empty_layer: true}),
  }
}

/** Docker's images have a comment of their own; of an OCI image it is that of the oldest entry of the history. */
function commentOf(mediaType: string, config: ImageConfig): string {
  if (mediaType !== mediaTypes.ociManifest) return textOf(config, 'comment')
  return config.history?.[0]?.comment ?? ''
}

function textOf(config: ImageConfig, key: string): string {
  const value = (config as unknown as Readonly<Record<string, unknown>>)[key]
  return typeof value === 'string' ? value : ''
}

function annotationsOf(manifest: Manifest): Readonly<Record<string, string>> {
  return manifest.annotations ?? {}
}
