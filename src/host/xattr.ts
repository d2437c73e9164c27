import {isErrno} from '../errors/index.ts'
import {type ByteString, cString} from './at-calls.ts'
import {syscall} from './native.ts'

/**
 * Extended attributes of an entry of an open directory; a link itself, never what it points to. They go through
 * /proc/self/fd, because the `*at` forms of these calls came only with Linux 6.13.
 */
export function setXattrAt(directory: number, entry: ByteString, name: ByteString, value: Uint8Array): void {
  syscall(
    'int lsetxattr(const void *path, const void *name, const void *value, size_t size, int flags)',
    entryPath(directory, entry),
    cString(name),
    value,
    value.length,
    0,
  )
}

export function setXattr(descriptor: number, name: ByteString, value: Uint8Array): void {
  syscall(
    'int fsetxattr(int fd, const void *name, const void *value, size_t size, int flags)',
    descriptor,
    cString(name),
    value,
    value.length,
    0,
  )
}

export function removeXattr(descriptor: number, name: ByteString): void {
  try {
    syscall('int fremovexattr(int fd, const void *name)', descriptor, cString(name))
  } catch (error) {
    if (!isErrno(error, 'ENODATA', 'ENOTSUP')) throw error
  }
}

/** The value, or undefined when there is none or the file system has no such attributes. */
export function getXattrAt(directory: number, entry: ByteString, name: ByteString): Buffer | undefined {
  return sized((buffer) =>
    syscall(
      'long lgetxattr(const void *path, const void *name, void *value, size_t size)',
      entryPath(directory, entry),
      cString(name),
      buffer,
      buffer?.length ?? 0,
    ),
  )
}

/** The names, sorted. */
export function listXattrAt(directory: number, entry: ByteString): ByteString[] {
  const names = sized((buffer) =>
    syscall(
      'long llistxattr(const void *path, void *list, size_t size)',
      entryPath(directory, entry),
      buffer,
      buffer?.length ?? 0,
    ),
  )
  return (names?.toString('latin1') ?? '')
    .split('\0')
    .filter((name) => name !== '')
    .sort()
}

/** Asks for the size, then the bytes; again when it grew in between. */
function sized(call: (buffer: Buffer | null) => number): Buffer | undefined {
  for (;;) {
    try {
      const size = call(null)
      if (size === 0) return Buffer.alloc(0)
      const buffer = Buffer.alloc(size)
      return buffer.subarray(0, call(buffer))
    } catch (error) {
      if (isErrno(error, 'ENODATA', 'ENOTSUP', 'EOPNOTSUPP')) return undefined
      if (!isErrno(error, 'ERANGE')) throw error
    }
  }
}

function entryPath(directory: number, entry: ByteString): Buffer {
  return cString(`/proc/self/fd/${directory}/${entry}`)
}
