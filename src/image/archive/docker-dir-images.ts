import {hexOf} from '../digest.ts'
import {isIndexType, mediaTypeOf, parseIndex} from '../documents/manifest.ts'
import {choosePlatform, type PlatformWanted} from '../platform.ts'
import type {ArchiveFiles} from './archive-files.ts'
import type {ArchivedImage} from './archived-image.ts'
import {checkDigest, imageOfManifest} from './manifest-image.ts'

/**
 * The one image of a `dir` as skopeo and `save --format docker-dir` write it: manifest.json and blobs by hex digest. Of a
 * list there, whose images' manifests lie beside it, the one for the platform.
 */
export async function readDockerDir(files: ArchiveFiles, platform: PlatformWanted): Promise<readonly [ArchivedImage]> {
  const image = await imageOfManifest(await chooseManifest(files, platform), {
    read: async ({digest}) => checkDigest(await files.read(hexOf(digest)), digest, hexOf(digest)),
    open: ({digest}) => files.open(hexOf(digest)),
  })
  return [{...image, names: []}]
}

async function chooseManifest(files: ArchiveFiles, platform: PlatformWanted): Promise<Uint8Array> {
  const top = await files.read('manifest.json')
  if (!isIndexType(mediaTypeOf(top))) return top
  const {digest} = choosePlatform(parseIndex(top), platform)
  const path = `${hexOf(digest)}.manifest.json`
  return checkDigest(await files.read(path), digest, path)
}
