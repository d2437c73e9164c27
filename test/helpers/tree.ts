import {createHash} from 'node:crypto'
import {closeSync, lstatSync, openSync, readdirSync, readFileSync, readlinkSync, type Stats} from 'node:fs'
import {join} from 'node:path'
import {getXattrAt, listXattrAt} from '../../src/host/index.ts'

export interface TreeOptions {
  /** Times before this are shown, later ones are `new`: made by the build, at another second each time. */
  readonly timesBefore?: Date
}

/**
 * What a directory holds, a line for each path, sorted: kind, mode, owner, size and digest, link, device, names of the
 * same file, extended attributes. Two trees are the same when their lines are.
 */
export function listTree(root: string, options: TreeOptions = {}): readonly string[] {
  const paths = pathsBelow(root, '')
  const firstNames = new Map<number, string>()
  return paths.map((path) => {
    const stat = lstatSync(join(root, path))
    const first = stat.nlink > 1 && !stat.isDirectory() ? firstNames.get(stat.ino) : undefined
    if (!firstNames.has(stat.ino)) firstNames.set(stat.ino, path)
    return [
      `/${path}`,
      `${(stat.mode & 0o7777).toString(8)} ${stat.uid}:${stat.gid}`,
      first === undefined ? contentOf(join(root, path), stat) : `same file as /${first}`,
      ...attributesOf(root, path),
      ...(options.timesBefore ? [timeOf(stat, options.timesBefore)] : []),
    ].join(' | ')
  })
}

function pathsBelow(root: string, base: string): string[] {
  return readdirSync(join(root, base), {withFileTypes: true})
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = base === '' ? entry.name : `${base}/${entry.name}`
      return entry.isDirectory() ? [path, ...pathsBelow(root, path)] : [path]
    })
}

function contentOf(path: string, stat: Stats): string {
  if (stat.isDirectory()) return 'directory'
  if (stat.isSymbolicLink()) return `link to ${readlinkSync(path)}`
  if (stat.isFile())
    return `file ${stat.size} ${createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16)}`
  if (stat.isFIFO()) return 'fifo'
  if (stat.isSocket()) return 'socket'
  return `${stat.isBlockDevice() ? 'block' : 'character'} device ${stat.rdev}`
}

/** The overlay's own attributes are not the files'. */
function attributesOf(root: string, path: string): readonly string[] {
  const directory = openSync(root, 'r')
  try {
    return listXattrAt(directory, Buffer.from(path).toString('latin1'))
      .filter((name) => !name.startsWith('trusted.overlay.') && name !== 'security.selinux')
      .map((name) => `${name}=${getXattrAt(directory, Buffer.from(path).toString('latin1'), name)?.toString('hex')}`)
  } finally {
    closeSync(directory)
  }
}

function timeOf({mtime}: Stats, before: Date): string {
  return mtime < before ? mtime.toISOString().slice(0, 19) : 'new'
}
