import type {Descriptor, Digest} from '../../oci/types/image-spec.ts'
import type {CompressionWanted} from '../compression.ts'
import type {Image} from '../image.ts'
import type {Pushed} from '../push.ts'
import type {ManifestForm} from '../saved-manifest.ts'
import type {InstanceSource} from './instance-source.ts'

export interface SentBytes {
  readonly digest: Digest
  readonly size: number
}

/** What a list and its images are sent to: a repository, an OCI layout, a directory. */
export interface ListTarget extends AsyncDisposable {
  /** As messages name it. */
  readonly name: string
  /** The form of an image whose manifest is of that one. */
  formFor(form: ManifestForm): ManifestForm
  /** What plain layers of archives become on the way; undefined leaves them plain. */
  readonly compression: CompressionWanted | undefined
  /** Everything of an image of the store but its manifest. */
  pushStored(image: Image): Promise<Pushed>
  /** Whether a blob is there, or comes there from the source without us. */
  has(blob: Descriptor, source: InstanceSource): Promise<boolean>
  /** `read` may be asked more than once. @throws ERR_DIGEST_MISMATCH when it is not the blob `expected` */
  send(read: () => AsyncIterable<Buffer>, expected?: Digest): Promise<SentBytes>
  putInstance(manifest: Pushed): Promise<void>
  /** The last call: until then nothing has the list's name. */
  putList(manifest: Pushed): Promise<void>
}
