import {syscall} from './native.ts'

/**
 * The `*at` system calls, for trees whose content is not ours: every step is relative to an open directory, so nobody
 * can swap a directory for a link in between. Names are byte strings: one UTF-16 unit per byte (latin1), because
 * Linux names need not be UTF-8. They must hold no NUL; `/` is only meant in `openInRoot`.
 */
export type ByteString = string

export const openFlags = {
  readOnly: 0,
  writeOnly: 0o1,
  readWrite: 0o2,
  create: 0o100,
  exclusive: 0o200,
  nonBlock: 0o4000,
  directory: process.arch === 'arm64' ? 0o40000 : 0o200000,
  noFollow: process.arch === 'arm64' ? 0o100000 : 0o400000,
  closeOnExec: 0o2000000,
} as const

const SYMLINK_NOFOLLOW = 0x100
const REMOVEDIR = 0x200
const EMPTY_PATH = 0x1000
const OPENAT2 = 437
const RESOLVE_NO_MAGICLINKS = 0x02
const RESOLVE_IN_ROOT = 0x10

/** The bytes of a name with the NUL that C wants. */
export function cString(name: ByteString): Buffer {
  const bytes = Buffer.allocUnsafe(name.length + 1)
  bytes.write(name, 0, 'latin1')
  bytes[name.length] = 0
  return bytes
}

export function openAt(directory: number, name: ByteString, flags: number, mode = 0): number {
  return syscall(
    'int openat(int dir, const void *name, int flags, unsigned int mode)',
    directory,
    cString(name),
    flags | openFlags.closeOnExec,
    mode,
  )
}

/**
 * Opens `path` with `root` as the root directory: `..` and links, also absolute ones, stay below it. @see openat2(2), RESOLVE_IN_ROOT
 */
export function openInRoot(root: number, path: ByteString, flags: number): number {
  const how = Buffer.alloc(24)
  how.writeBigUInt64LE(BigInt(flags | openFlags.closeOnExec), 0)
  how.writeBigUInt64LE(BigInt(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS), 16)
  return syscall(
    'long syscall(long number, int dir, const void *path, const void *how, size_t size)',
    OPENAT2,
    root,
    cString(path),
    how,
    24,
  )
}

export function mkdirAt(directory: number, name: ByteString, mode: number): void {
  syscall('int mkdirat(int dir, const void *name, unsigned int mode)', directory, cString(name), mode)
}

/** `mode` holds the file type too. */
export function mknodAt(directory: number, name: ByteString, mode: number, major = 0, minor = 0): void {
  syscall(
    'int mknodat(int dir, const void *name, unsigned int mode, uint64_t dev)',
    directory,
    cString(name),
    mode,
    deviceNumber(major, minor),
  )
}

export function symlinkAt(target: ByteString, directory: number, name: ByteString): void {
  syscall('int symlinkat(const void *target, int dir, const void *name)', cString(target), directory, cString(name))
}

/** Makes a hard link; a symbolic link as the old name is itself linked, not followed. */
export function linkAt(oldDirectory: number, oldName: ByteString, directory: number, name: ByteString): void {
  syscall(
    'int linkat(int olddir, const void *oldname, int dir, const void *name, int flags)',
    oldDirectory,
    cString(oldName),
    directory,
    cString(name),
    0,
  )
}

export function renameAt(oldDirectory: number, oldName: ByteString, directory: number, name: ByteString): void {
  syscall(
    'int renameat(int olddir, const void *oldname, int dir, const void *name)',
    oldDirectory,
    cString(oldName),
    directory,
    cString(name),
  )
}

export function unlinkAt(directory: number, name: ByteString): void {
  syscall('int unlinkat(int dir, const void *name, int flags)', directory, cString(name), 0)
}

export function rmdirAt(directory: number, name: ByteString): void {
  syscall('int unlinkat(int dir, const void *name, int flags)', directory, cString(name), REMOVEDIR)
}

/** Does not follow a link. */
export function chownAt(directory: number, name: ByteString, uid: number, gid: number): void {
  syscall(
    'int fchownat(int dir, const void *name, unsigned int uid, unsigned int gid, int flags)',
    directory,
    cString(name),
    uid,
    gid,
    SYMLINK_NOFOLLOW,
  )
}

export function chownDescriptor(descriptor: number, uid: number, gid: number): void {
  syscall('int fchown(int fd, unsigned int uid, unsigned int gid)', descriptor, uid, gid)
}

export function chmodDescriptor(descriptor: number, mode: number): void {
  syscall('int fchmod(int fd, unsigned int mode)', descriptor, mode)
}

/** Follows links: only for a name that the caller has just made as something else. */
export function chmodAt(directory: number, name: ByteString, mode: number): void {
  syscall('int fchmodat(int dir, const void *name, unsigned int mode, int flags)', directory, cString(name), mode, 0)
}

export interface Timestamp {
  readonly seconds: number
  readonly nanoseconds: number
}

/** Sets access and modification time. */
export function setTimes(descriptor: number, time: Timestamp): void {
  syscall('int futimens(int fd, const void *times)', descriptor, timespecs(time))
}

/** The same by name, without following a link. */
export function setTimesAt(directory: number, name: ByteString, time: Timestamp): void {
  syscall(
    'int utimensat(int dir, const void *name, const void *times, int flags)',
    directory,
    cString(name),
    timespecs(time),
    SYMLINK_NOFOLLOW,
  )
}

export interface FileStatus {
  /** Type and permission bits. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly nlink: number
  readonly size: number
  /** Units of 512 bytes. */
  readonly blocks: number
  readonly inode: bigint
  readonly device: string
  readonly deviceMajor: number
  readonly deviceMinor: number
  readonly mtime: Timestamp
  /** True for the root of a mount, undefined before Linux 5.8. */
  readonly isMountRoot: boolean | undefined
}

const STATX_BASIC = 0x7ff
const STATX_ATTR_MOUNT_ROOT = 0x2000

/** Does not follow a link; an empty name is the directory (or any descriptor) itself. @see statx(2) */
export function statAt(directory: number, name: ByteString): FileStatus {
  const buffer = Buffer.alloc(256)
  syscall(
    'int statx(int dir, const void *name, int flags, unsigned int mask, void *buffer)',
    directory,
    cString(name),
    SYMLINK_NOFOLLOW | (name === '' ? EMPTY_PATH : 0),
    STATX_BASIC,
    buffer,
  )
  return decodeStatx(buffer)
}

function decodeStatx(buffer: Buffer): FileStatus {
  const knowsMountRoot = (buffer.readUInt32LE(56) & STATX_ATTR_MOUNT_ROOT) !== 0
  return {
    nlink: buffer.readUInt32LE(16),
    uid: buffer.readUInt32LE(20),
    gid: buffer.readUInt32LE(24),
    mode: buffer.readUInt16LE(28),
    inode: buffer.readBigUInt64LE(32),
    size: Number(buffer.readBigUInt64LE(40)),
    blocks: Number(buffer.readBigUInt64LE(48)),
    mtime: {seconds: Number(buffer.readBigInt64LE(112)), nanoseconds: buffer.readUInt32LE(120)},
    deviceMajor: buffer.readUInt32LE(128),
    deviceMinor: buffer.readUInt32LE(132),
    device: `${buffer.readUInt32LE(136)}:${buffer.readUInt32LE(140)}`,
    isMountRoot: knowsMountRoot ? (buffer.readUInt32LE(8) & STATX_ATTR_MOUNT_ROOT) !== 0 : undefined,
  }
}

export function readLinkAt(directory: number, name: ByteString): ByteString {
  const buffer = Buffer.allocUnsafe(4096)
  const length = syscall(
    'long readlinkat(int dir, const void *name, void *buffer, size_t size)',
    directory,
    cString(name),
    buffer,
    buffer.length,
  )
  return buffer.toString('latin1', 0, length)
}

function timespecs({seconds, nanoseconds}: Timestamp): Buffer {
  const buffer = Buffer.allocUnsafe(32)
  for (const offset of [0, 16]) {
    buffer.writeBigInt64LE(BigInt(seconds), offset)
    buffer.writeBigInt64LE(BigInt(nanoseconds), offset + 8)
  }
  return buffer
}

/** @see makedev(3), glibc's encoding */
function deviceNumber(major: number, minor: number): bigint {
  const [ma, mi] = [BigInt(major), BigInt(minor)]
  return ((ma & 0xfffff000n) << 32n) | ((ma & 0xfffn) << 8n) | ((mi & 0xffffff00n) << 12n) | (mi & 0xffn)
}
