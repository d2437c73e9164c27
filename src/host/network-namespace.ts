import {closeSync, openSync} from 'node:fs'
import {EngineError} from '../errors/index.ts'
import {mount, mountFlags} from './mount.ts'
import {syscall} from './native.ts'

const NEW_NET = 0x40000000
const SETNS = 'int setns(int fd, int nstype)'
const UNSHARE = 'int unshare(int flags)'
const OWN = '/proc/thread-self/ns/net'

/**
 * Runs `action` with this thread in another network namespace; what it spawns starts there. The action must do its work
 * before it first awaits: the thread is back when it returns.
 */
export function inNetworkNamespace<T>(path: string, action: () => T): T {
  return returning(() => enter(path), action)
}

/** Makes an empty network namespace and keeps it alive by a mount on the file `path`, which must exist. */
export function createNetworkNamespace(path: string): void {
  returning(
    () => syscall(UNSHARE, NEW_NET),
    () => mount(OWN, path, '', mountFlags.bind),
  )
}

function returning<T>(leave: () => void, action: () => T): T {
  const home = openSync(OWN, 'r')
  try {
    leave()
    return action()
  } finally {
    syscall(SETNS, home, NEW_NET)
    closeSync(home)
  }
}

function enter(path: string): void {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch (cause) {
    throw new EngineError('ERR_SYSCALL', `network namespace ${path}: ${(cause as Error).message}`, {cause})
  }
  try {
    syscall(SETNS, descriptor, NEW_NET)
  } catch (cause) {
    throw new EngineError('ERR_SYSCALL', `network namespace ${path}: ${(cause as Error).message}`, {cause})
  } finally {
    closeSync(descriptor)
  }
}
