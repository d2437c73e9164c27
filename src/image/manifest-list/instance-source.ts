import {lent} from '../../../storage/index.ts'
import type {Descriptor, Digest} from '../../oci/types/image-spec.ts'
import {compressionOfType} from '../compression.ts'
import type {RemoteManifest, Repository} from '../registry/repository.ts'
import type {LayerBlob} from '../saved-manifest.ts'

/** Where the images of a list come from that are not in the store: a registry, an archive, a directory. */
export interface InstanceSource {
  /** Set for a registry: another repository of it may give the blobs by itself. */
  readonly repository?: Repository
  /** @throws ERR_DIGEST_MISMATCH */
  manifest(digest: Digest, signal?: AbortSignal): Promise<RemoteManifest>
  /** How the bytes of a layer are compressed, whatever its media type says; undefined when that cannot be told. */
  compressionOf(layer: Descriptor): Promise<LayerBlob['compression'] | undefined>
  /** A chunk is the reader's only until it asks for the next. Its digest is the reader's to check. */
  chunks(blob: Descriptor, signal?: AbortSignal): AsyncIterable<Buffer>
}

/** What a registry has is what its manifests say, so nothing is opened to look. */
export function repositorySource(repository: Repository): InstanceSource {
  return {
    repository,
    manifest: (digest, signal) => repository.manifest(digest, signal),
    compressionOf: async ({mediaType}) => compressionOfType(mediaType),
    async *chunks(blob, signal) {
      const download = repository.openBlob(blob, signal)
      try {
        yield* download.direct()
      } finally {
        download.destroy()
      }
    },
  }
}

/** The chunks of a file, which is closed whatever the reader does. */
export async function* chunksOf(stream: Parameters<typeof lent>[0]): AsyncGenerator<Buffer> {
  try {
    yield* lent(stream)
  } finally {
    stream.destroy()
  }
}
