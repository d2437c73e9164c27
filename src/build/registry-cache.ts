import {hasCode} from '../errors/index.ts'
import {
  type Image,
  type ImageStore,
  parseReference,
  pullReference,
  pushImage,
  type RegistryAccess,
} from '../image/index.ts'

/** Images of steps kept elsewhere, by the key of the step. */
export interface RemoteCache {
  find(key: string): Promise<Image | undefined>
  keep(key: string, image: Image): Promise<void>
}

export interface RegistryCacheOptions {
  readonly access: RegistryAccess
  /** Repositories without a tag. @see `--cache-from`, `--cache-to` */
  readonly from: readonly string[]
  readonly to: readonly string[]
  readonly signal?: AbortSignal
}

/** A repository as cache: an image for each step, tagged with the step's key, as buildah has it. */
export function registryCache(store: ImageStore, {access, from, to, signal}: RegistryCacheOptions): RemoteCache {
  const at = (repository: string, key: string) => ({...parseReference(repository), tag: key})
  return {
    async find(key) {
      for (const repository of from) {
        const image = await pullReference(store, at(repository, key), {access, ...(signal && {signal})}).catch(absent)
        if (!image) continue
        await store.untag(
          image.id,
          image.names.filter((name) => name.endsWith(`:${key}`)),
        )
        return store.get(image.id)
      }
      return undefined
    },
    async keep(key, image) {
      for (const repository of to)
        await pushImage(store, image, at(repository, key), {
          access,
          compression: {format: 'gzip'},
          ...(signal && {signal}),
        })
    },
  }
}

function absent(error: unknown): undefined {
  if (hasCode(error, 'ERR_MANIFEST_UNKNOWN') || hasCode(error, 'ERR_IMAGE_UNKNOWN')) return undefined
  throw error
}
