import {EngineError, isErrno} from '../../src/errors/index.ts'
import {
  type ByteString,
  chmodAt,
  chmodDescriptor,
  chownAt,
  chownDescriptor,
  setTimes,
  setTimesAt,
  setXattr,
  setXattrAt,
} from '../../src/host/index.ts'
import type {TarEntry} from '../tar/tar-entry.ts'
import {quote} from './entry-path.ts'

/** As an owner it would mean "leave as it is". @see chown(2) */
const NO_ID = 0xffffffff

/**
 * Gives an open file or directory the owner, mode, extended attributes and (files) times of its entry. The order
 * matters: a change of owner clears setuid bits and file capabilities.
 */
export function setAttributes(descriptor: number, entry: TarEntry): void {
  requireOwner(entry)
  chownDescriptor(descriptor, entry.uid, entry.gid)
  chmodDescriptor(descriptor, entry.mode)
  for (const [name, value] of keptXattrs(entry)) setting(entry, name, () => setXattr(descriptor, name, value))
  if (entry.type === 'file') setTimes(descriptor, entry.mtime)
}

/** The same for what cannot be opened without effects: links, devices, FIFOs. */
export function setAttributesAt(directory: number, base: ByteString, entry: TarEntry): void {
  requireOwner(entry)
  chownAt(directory, base, entry.uid, entry.gid)
  if (entry.type !== 'symlink') chmodAt(directory, base, entry.mode)
  for (const [name, value] of keptXattrs(entry)) setting(entry, name, () => setXattrAt(directory, base, name, value))
  setTimesAt(directory, base, entry.mtime)
}

/**
 * Attributes that an archive may not set: overlayfs' own (they could redirect a file to another), and labels, which are
 * the host's policy (podman leaves them out too).
 */
export function isKeptXattr(name: ByteString): boolean {
  return !/^(trusted|user)\.overlay\./.test(name) && name !== 'security.selinux'
}

function keptXattrs({xattrs}: TarEntry): readonly (readonly [ByteString, Uint8Array])[] {
  return xattrs.length === 0 ? xattrs : xattrs.filter(([name]) => isKeptXattr(name))
}

/** A file system without such attributes, or a kind of file that may not have them, is no reason to refuse an image. */
function setting(entry: TarEntry, name: ByteString, action: () => void): void {
  try {
    action()
  } catch (error) {
    if (isErrno(error, 'ENOTSUP', 'EOPNOTSUPP')) return
    if (isErrno(error, 'EPERM') && name.startsWith('user.') && entry.type !== 'file' && entry.type !== 'directory')
      return
    throw error
  }
}

function requireOwner({name, uid, gid}: TarEntry): void {
  for (const id of [uid, gid])
    if (!Number.isInteger(id) || id < 0 || id >= NO_ID)
      throw new EngineError('ERR_LAYER_ENTRY', `${quote(name)}: owner ${uid}:${gid} is out of range`)
}
