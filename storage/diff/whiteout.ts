import type {ByteString} from '../../src/host/index.ts'

/** @see image-spec layer.md, Whiteouts and Opaque Whiteout */
export const WHITEOUT_PREFIX = '.wh.'
export const OPAQUE_WHITEOUT = '.wh..wh..opq'
/** AUFS' own files, which old images carry; they mean nothing. */
const AUFS_PREFIX = '.wh..wh.'

/** How overlayfs marks a directory that hides the lower ones. @see kernel Documentation/filesystems/overlayfs.rst */
export const OPAQUE_XATTR = 'trusted.overlay.opaque'
export const OPAQUE_VALUE = Buffer.from('y')

export type NameMeaning =
  | {readonly kind: 'entry'}
  | {readonly kind: 'opaque'}
  | {readonly kind: 'whiteout'; readonly name: ByteString}
  | {readonly kind: 'ignored'}
  | {readonly kind: 'invalid'}

/** What the last part of an entry's path means, and whether its parents may be called so. */
export function meaningOf(directory: ByteString, base: ByteString): NameMeaning {
  if (base === OPAQUE_WHITEOUT) return {kind: 'opaque'}
  const parents = directory === '' ? [] : directory.split('/')
  if (base.startsWith(AUFS_PREFIX) || parents.some((part) => part.startsWith(AUFS_PREFIX))) return {kind: 'ignored'}
  // a directory of that name would come back as a whiteout from the next commit
  if (parents.some((part) => part.startsWith(WHITEOUT_PREFIX))) return {kind: 'invalid'}
  if (!base.startsWith(WHITEOUT_PREFIX)) return {kind: 'entry'}
  const name = base.slice(WHITEOUT_PREFIX.length)
  return name === '' || name === '.' || name === '..' ? {kind: 'invalid'} : {kind: 'whiteout', name}
}
