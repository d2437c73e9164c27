import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {outputOf} from './command.ts'

const repository = join(import.meta.dirname, '../..')
const cache = join(repository, '.cache/images')

/** A docker-archive of `localhost/busybox:latest`, made once per checkout. */
export async function busyboxArchive(): Promise<string> {
  return madeOnce('busybox')
}

/** A docker-archive of `localhost/debian:latest`, about 130 MB, made once per checkout from Debian's own packages. */
export async function debianArchive(): Promise<string> {
  return madeOnce('debian')
}

/** The same Debian in five layers, as `localhost/layered:latest`. */
export async function layeredArchive(): Promise<string> {
  return madeOnce('layered')
}

/** The same busybox image as an OCI layout directory, written by skopeo. */
export async function busyboxLayout(): Promise<string> {
  const target = join(cache, 'busybox-oci')
  if (existsSync(join(target, 'index.json'))) return target
  const archive = await busyboxArchive()
  await outputOf('skopeo', ['copy', '--quiet', `docker-archive:${archive}`, `oci:${target}:latest`])
  return target
}

type ArchiveKind = 'busybox' | 'debian' | 'layered'

/** Where the archive of that kind is, once it has been made. */
export function archivePath(kind: ArchiveKind): string {
  return join(cache, `${kind}.tar`)
}

async function madeOnce(kind: ArchiveKind): Promise<string> {
  const target = archivePath(kind)
  await outputOf('sh', [join(repository, 'scripts/make-image.sh'), kind, target], {timeoutMs: 600_000})
  return target
}
