import {hexOf} from '../digest.ts'
import type {ArchiveFiles} from './archive-files.ts'
import type {ArchivedImage} from './archived-image.ts'
import {checkDigest, imageOfManifest} from './manifest-image.ts'

/** The one image of a `dir` as skopeo and `save --format docker-dir` write it: manifest.json and blobs by hex digest. */
export async function readDockerDir(files: ArchiveFiles): Promise<readonly [ArchivedImage]> {
  const image = await imageOfManifest(await files.read('manifest.json'), {
    read: async ({digest}) => checkDigest(await files.read(hexOf(digest)), digest, hexOf(digest)),
    open: ({digest}) => files.open(hexOf(digest)),
  })
  return [{...image, names: []}]
}
