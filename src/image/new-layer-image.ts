import type {LayerRecord} from '../../storage/index.ts'
import {type ImageConfig, type ImageHistory, type ImageRunConfig, mediaTypes} from '../oci/types/image-spec.ts'
import {digestOf} from './digest.ts'
import type {Image} from './image.ts'
import type {ImageStore} from './image-store.ts'
import {hostArchitecture} from './platform.ts'
import type {ManifestForm} from './saved-manifest.ts'

export interface LayerImageRequest {
  /** The image below; absent for the first layer of an image. */
  readonly base?: Image
  /** The new layer on top of the base; absent when only the configuration changes. */
  readonly layer?: LayerRecord
  readonly config: ImageRunConfig
  /** The new entry of the history. */
  readonly history: ImageHistory
  /** Entries between the base's and the new one, without layers of their own: steps that were squashed. */
  readonly historyBefore?: readonly ImageHistory[]
  readonly author?: string
  /** RFC 3339. */
  readonly createdAt: string
  readonly architecture?: string
  readonly os?: string
  readonly variant?: string
  readonly annotations?: Readonly<Record<string, string>>
  readonly form?: ManifestForm
  readonly names?: readonly string[]
}

/**
 * Makes an image of a base and one layer more: what commit, import and each build step do. The layer is applied and
 * held by the caller.
 */
export async function createImageFromLayer(store: ImageStore, request: LayerImageRequest): Promise<Image> {
  const configBytes = Buffer.from(JSON.stringify(makeConfig(request)))
  const manifestBytes = Buffer.from(JSON.stringify(makeManifest(store, request, configBytes)))
  return store.create({configBytes, manifestBytes, ...(request.names && {names: request.names})})
}

function makeConfig(request: LayerImageRequest): ImageConfig {
  const base = request.base?.config
  const diffIDs = [...(base?.rootfs.diff_ids ?? []), ...(request.layer ? [request.layer.diffID] : [])]
  const variant = request.variant ?? base?.variant
  return {
    created: request.createdAt,
    ...(request.author !== undefined && request.author !== '' && {author: request.author}),
    architecture: request.architecture ?? base?.architecture ?? hostArchitecture(),
    ...(variant !== undefined && {variant}),
    os: request.os ?? base?.os ?? 'linux',
    ...(request.form === 'v2s2' && request.history.comment !== undefined && {comment: request.history.comment}),
    config: inOrder(request.config),
    rootfs: {type: 'layers', diff_ids: diffIDs},
    history: [
      ...(base?.history ?? []),
      ...(request.historyBefore ?? []),
      request.layer ? request.history : {...request.history, empty_layer: true},
    ],
  }
}

/** Maps with their keys in the order in which Go writes them, so that the same image has the same id. */
function inOrder(config: ImageRunConfig): ImageRunConfig {
  const sorted = <T>(map: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))
  return {
    ...config,
    ...(config.ExposedPorts && {ExposedPorts: sorted(config.ExposedPorts)}),
    ...(config.Volumes && {Volumes: sorted(config.Volumes)}),
    ...(config.Labels && {Labels: sorted(config.Labels)}),
  }
}

function makeManifest(store: ImageStore, request: LayerImageRequest, configBytes: Uint8Array): object {
  const docker = request.form === 'v2s2'
  const chain = [...(request.base?.record.layers ?? []), ...(request.layer ? [request.layer.chainID] : [])]
  const layers = chain.map((chainID) => {
    const {diffID, sizeBytes} = store.layers.get(chainID)
    return {mediaType: docker ? mediaTypes.dockerLayer : mediaTypes.ociLayer, digest: diffID, size: sizeBytes}
  })
  return {
    schemaVersion: 2,
    mediaType: docker ? mediaTypes.dockerManifest : mediaTypes.ociManifest,
    config: {
      mediaType: docker ? mediaTypes.dockerConfig : mediaTypes.ociConfig,
      digest: digestOf(configBytes),
      size: configBytes.length,
    },
    layers,
    ...(!docker && request.annotations && {annotations: request.annotations}),
  }
}
