import {closeSync, openSync} from 'node:fs'
import {basename, dirname} from 'node:path'
import {syscall} from './native.ts'

const [AF_UNIX, SOCK_STREAM, SOCK_CLOEXEC] = [1, 1, 0o2000000]

/**
 * A listening Unix socket as a bare descriptor, to be handed to a program: a server of Node's would take connections itself.
 * The path may be longer than an address. The caller closes the descriptor.
 */
export function listenUnix(path: string): number {
  const directory = openSync(dirname(path), 'r')
  const socket = syscall('int socket(int domain, int type, int protocol)', AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)
  try {
    const address = socketAddress(`/proc/self/fd/${directory}/${basename(path)}`)
    syscall('int bind(int fd, const uint8_t *address, unsigned int length)', socket, address, address.length)
    syscall('int listen(int fd, int backlog)', socket, 1)
    return socket
  } catch (error) {
    closeSync(socket)
    throw error
  } finally {
    closeSync(directory)
  }
}

/** @see unix(7): family, then the path with its NUL */
function socketAddress(path: string): Buffer {
  const address = Buffer.alloc(2 + Buffer.byteLength(path) + 1)
  address.writeUInt16LE(AF_UNIX, 0)
  address.write(path, 2)
  return address
}
