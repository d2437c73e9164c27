import type {ImageStore} from '../image-store.ts'
import {finishPush, type PushOptions, pushTo} from '../push.ts'
import {formatReference, type Reference} from '../reference.ts'
import {againInPieces} from '../registry/blob-uploads.ts'
import {pushEndpoint} from '../registry/endpoints.ts'
import {withRetries} from '../registry/retry.ts'
import {signImage} from '../trust/sign-image.ts'
import type {ListTarget} from './list-target.ts'

/** A repository of a registry; the list gets the reference's tag. */
export async function openRepositoryTarget(
  store: ImageStore,
  reference: Reference,
  options: PushOptions,
): Promise<ListTarget> {
  const {access, signal, compression, form: asked, signBy} = options
  const endpoint = pushEndpoint(access.conf, reference)
  const repository = await access.repository(endpoint)
  return {
    name: formatReference(reference),
    compression,
    formFor: (form) => asked ?? form,
    pushStored: (image) => pushTo(store, image, repository, options),
    async has({digest}, {repository: from}) {
      if ((await repository.hasBlob(digest)) !== undefined) return true
      const isNear = from?.client.host === repository.client.host && from.path !== repository.path
      return isNear && (await repository.uploads.mount(digest, from.path))
    },
    async send(read, expected) {
      const once = () => repository.uploads.sendStream(read(), signal, expected)
      const {digest, sizeBytes} = await withRetries(access.retry, signal, () => againInPieces(once))
      return {digest, size: sizeBytes}
    },
    async putInstance({digest, bytes, mediaType}) {
      await repository.putManifest(digest, bytes, mediaType)
      await finishPush(reference, digest, options)
    },
    async putList({digest, bytes, mediaType}) {
      await repository.putManifest(endpoint.reference.tag ?? digest, bytes, mediaType)
      if (signBy) await signImage(access.environment, reference, digest, signBy)
    },
    async [Symbol.asyncDispose]() {},
  }
}
