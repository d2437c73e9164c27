import {closeSync, openSync} from 'node:fs'
import {isErrno} from '../../src/errors/index.ts'
import {syscall} from '../../src/host/index.ts'

/** @see linux/fs.h; the numbers of 64-bit architectures */
const GET_FLAGS = 0x80086601
const SET_FLAGS = 0x40086602
const TOP_DIRECTORY = 0x00020000
const IOCTL = 'int ioctl(int fd, unsigned long request, uint8_t *argument)'

/**
 * Tells ext4 that the directories of `path` have nothing to do with each other: each gets a block group of its own, with few
 * files so far. Without it all layers fill the same groups, and because ext4 does not give the inode of a deleted file to another for
 * some seconds, a layer with thousands of files that comes right after one was removed would try each of those inodes for
 * each of its files. Other file systems do not know the flag.
 */
export function spreadDirectories(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    const flags = new Uint32Array(2)
    const bytes = new Uint8Array(flags.buffer)
    syscall(IOCTL, descriptor, GET_FLAGS, bytes)
    flags[0] = (flags[0] ?? 0) | TOP_DIRECTORY
    syscall(IOCTL, descriptor, SET_FLAGS, bytes)
  } catch (error) {
    if (!isErrno(error, 'ENOTTY', 'EOPNOTSUPP', 'ENOTSUP', 'ENOSYS', 'EINVAL', 'EPERM', 'EACCES')) throw error
  } finally {
    closeSync(descriptor)
  }
}
