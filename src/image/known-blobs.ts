import {join} from 'node:path'
import {LockFile, readJson, writeJson} from '../host/index.ts'
import type {Digest} from '../oci/types/image-spec.ts'
import {hexOf} from './digest.ts'
import type {LayerBlob} from './saved-manifest.ts'

export interface KnownBlob extends LayerBlob {
  /** `host/path` of the repositories that had it. */
  readonly places: readonly string[]
}

interface KnownBlobsRecord {
  readonly version: 1
  readonly blobs: readonly KnownBlob[]
}

const MAX_PLACES = 20

/**
 * Which blobs registries carry a layer as, one small document per diffID. A push asks for them first: what is there is
 * not compressed and sent again, and the image keeps its digest. Only a memory: what it says is checked before use.
 */
export class KnownBlobs {
  readonly #directory: string

  constructor(imagesDirectory: string) {
    this.#directory = join(imagesDirectory, 'blobs')
  }

  of(diffID: Digest): readonly KnownBlob[] {
    return readJson<KnownBlobsRecord>(this.#path(diffID))?.blobs ?? []
  }

  async add(diffID: Digest, blob: LayerBlob, place: string): Promise<void> {
    using _ = await LockFile.acquire(join(this.#directory, 'lock'))
    const blobs = this.of(diffID)
    const known = blobs.find(({digest}) => digest === blob.digest)
    if (known?.places.includes(place)) return
    const places = [place, ...(known?.places ?? [])].slice(0, MAX_PLACES)
    const {digest, size, compression} = blob
    const rest = blobs.filter((other) => other !== known)
    writeJson(this.#path(diffID), {version: 1, blobs: [{digest, size, compression, places}, ...rest]}, {durable: false})
  }

  #path(diffID: Digest): string {
    return join(this.#directory, `${hexOf(diffID)}.json`)
  }
}
