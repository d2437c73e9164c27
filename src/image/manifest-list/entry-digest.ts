import {EngineError} from '../../errors/index.ts'
import type {Digest} from '../../oci/types/image-spec.ts'
import type {ImageStore} from '../image-store.ts'
import {isDigest} from '../reference.ts'
import type {ManifestList} from './manifest-list.ts'

/** The entry that is meant by its digest, or by the name of an image of the store. @throws ERR_REFUSED */
export function entryDigest(store: ImageStore, list: ManifestList, text: string): Digest {
  if (isDigest(text)) return text
  const known = new Set(list.index.manifests.map(({digest}) => digest))
  const digest = findImage(store, text)?.digests.find((candidate) => known.has(candidate))
  if (digest !== undefined) return digest
  throw new EngineError('ERR_REFUSED', `invalid image digest "${text}": invalid checksum digest format`)
}

function findImage(store: ImageStore, text: string) {
  try {
    return store.find(text.replace(/^containers-storage:/, ''))
  } catch (error) {
    if (error instanceof EngineError) return undefined
    throw error
  }
}
