import {closeSync, mkdirSync, openSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {mount, mountFlags, syscall, unmount} from '../host/index.ts'

const NEW_NET = 0x40000000
const DIRECTORY = '/run/netns'

/** Where the network namespace of a container is pinned; `ip netns` lists it there. */
export function netnsPath(containerID: string): string {
  return join(DIRECTORY, `berth-${containerID.slice(0, 32)}`)
}

/**
 * Makes a network namespace and pins it at `path` with a bind mount. Only this thread enters it, and only within
 * this call: nothing else of the process runs in between.
 */
export function createNetns(path: string): void {
  mkdirSync(DIRECTORY, {recursive: true, mode: 0o755})
  closeSync(openSync(path, 'w', 0o444))
  const home = openSync('/proc/thread-self/ns/net', 'r')
  try {
    syscall('int unshare(int flags)', NEW_NET)
    try {
      mount('/proc/thread-self/ns/net', path, '', mountFlags.bind)
    } finally {
      syscall('int setns(int fd, int nstype)', home, NEW_NET)
    }
  } catch (error) {
    rmSync(path, {force: true})
    throw error
  } finally {
    closeSync(home)
  }
}

/** Unpins the namespace; it goes when its last process does. A missing one is success. */
export function removeNetns(path: string): void {
  unmount(path)
  rmSync(path, {force: true})
}
