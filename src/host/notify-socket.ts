import {closeSync} from 'node:fs'
import {syscall} from './native.ts'

const AF_UNIX = 1
const SOCK_DGRAM = 2
const SOCK_CLOEXEC = 0o2000000
const SUN_PATH_SIZE = 108

/** Sends one datagram to a Unix socket, as services do to systemd. `@name` is an abstract one. @see sd_notify(3) */
export function sendNotification(socketPath: string, message: string): void {
  const descriptor = syscall('int socket(int domain, int type, int protocol)', AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)
  try {
    const address = Buffer.alloc(2 + SUN_PATH_SIZE)
    address.writeUInt16LE(AF_UNIX, 0)
    const length = 2 + address.write(socketPath, 2, SUN_PATH_SIZE - 1, 'utf8')
    if (socketPath.startsWith('@')) address[2] = 0
    const bytes = Buffer.from(message)
    syscall(
      'long sendto(int fd, const void *bytes, size_t size, int flags, const void *address, unsigned int length)',
      ...[descriptor, bytes, bytes.length, 0, address, length],
    )
  } finally {
    closeSync(descriptor)
  }
}
