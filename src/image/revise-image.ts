import {digestOf} from './digest.ts'
import type {Image} from './image.ts'
import type {ImageStore} from './image-store.ts'

export interface Revision {
  /** In place of the manifest's. */
  readonly annotations?: Readonly<Record<string, string>>
  /** The configuration's history is left out. */
  readonly omitHistory?: boolean
}

/** The same layers and settings with another history or other annotations. Annotations alone leave the id as it is. */
export async function reviseImage(store: ImageStore, image: Image, revision: Revision): Promise<Image> {
  const configBytes = revision.omitHistory ? withoutHistory(image.configBytes) : image.configBytes
  const manifest = JSON.parse(image.manifestBytes.toString())
  const manifestBytes = Buffer.from(
    JSON.stringify({
      ...manifest,
      config: {...manifest.config, digest: digestOf(configBytes), size: configBytes.length},
      ...(revision.annotations && {annotations: revision.annotations}),
    }),
  )
  return store.create({configBytes, manifestBytes})
}

function withoutHistory(configBytes: Buffer): Buffer {
  const {history: _, ...config} = JSON.parse(configBytes.toString())
  return Buffer.from(JSON.stringify(config))
}
