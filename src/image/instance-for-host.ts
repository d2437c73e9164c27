import {EngineError} from '../errors/index.ts'
import {parseIndex} from './documents/manifest.ts'
import type {Image} from './image.ts'
import type {ImageStore} from './image-store.ts'
import {choosePlatform} from './platform.ts'

/** The image that a manifest list of the store has for this machine; undefined when there is none here. */
export function instanceForHost(store: Pick<ImageStore, 'findByManifest'>, list: Image): Image | undefined {
  try {
    return store.findByManifest(choosePlatform(parseIndex(list.manifestBytes), {}).digest)
  } catch (error) {
    if (error instanceof EngineError && error.code === 'ERR_REFUSED') return undefined
    throw error
  }
}
