import {closeSync, openSync, readSync} from 'node:fs'
import {syscall} from '../src/host/index.ts'

/** fcntl(2), F_OFD_GETLK and struct flock. */
const GET_LOCK = 36
const WRITE_LOCK = 1
const UNLOCKED = 2
/** QEMU locks single bytes from 100 (what it uses) and from 200 (what it lets nobody use). @see QEMU block/file-posix.c */
const FIRST_LOCKED = 100
const LOCKED_BYTES = 200
/** ext4's superblock lies at 1024; its incompatible features tell that the journal holds what is not in place yet. */
const FEATURES = 1024 + 0x60
const RECOVER = 0x4

/** True while a QEMU process has the file open as a disk. */
export function isAttached(path: string): boolean {
  const descriptor = openSync(path, 'r+')
  try {
    const lock = Buffer.alloc(32)
    lock.writeInt16LE(WRITE_LOCK, 0)
    lock.writeBigInt64LE(BigInt(FIRST_LOCKED), 8)
    lock.writeBigInt64LE(BigInt(LOCKED_BYTES), 16)
    syscall('int fcntl(int fd, int command, void *argument)', descriptor, GET_LOCK, lock)
    return lock.readInt16LE(0) !== UNLOCKED
  } finally {
    closeSync(descriptor)
  }
}

/** True when an ext4 file system was not unmounted or frozen. */
export function needsRecovery(path: string): boolean {
  const descriptor = openSync(path, 'r')
  try {
    const features = Buffer.alloc(4)
    readSync(descriptor, features, 0, 4, FEATURES)
    return (features.readUInt32LE(0) & RECOVER) !== 0
  } finally {
    closeSync(descriptor)
  }
}
