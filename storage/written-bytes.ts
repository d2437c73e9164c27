import type {Change} from './diff/changes.ts'

/**
 * What the new and changed files hold, by their own account rather than the disk's: directories and whiteouts hold nothing,
 * a file of several names counts once. A container that wrote nothing has 0, as in podman.
 */
export function writtenBytes(changes: readonly Change[]): number {
  const sizes = new Map<string, number>()
  for (const {file} of changes) if (file) sizes.set(`${file.device}/${file.inode}`, file.size)
  return [...sizes.values()].reduce((sum, size) => sum + size, 0)
}
