import {closeSync, mkdirSync, openSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {createNetworkNamespace, removeMountPlaces, unmount} from '../host/index.ts'

const DIRECTORY = '/run/netns'

/** Where the network namespace of a container is pinned; `ip netns` lists it there. */
export function netnsPath(containerID: string): string {
  return join(DIRECTORY, `berth-${containerID.slice(0, 32)}`)
}

/** Makes a network namespace and pins it at `path`. One that a killed process left there is given up. */
export function createNetns(path: string): void {
  mkdirSync(DIRECTORY, {recursive: true, mode: 0o755})
  removeNetns(path)
  closeSync(openSync(path, 'w', 0o444))
  try {
    createNetworkNamespace(path)
  } catch (error) {
    rmSync(path, {force: true})
    throw error
  }
}

/** Unpins the namespace; it goes when its last process does. A missing one is success. */
export function removeNetns(path: string): void {
  unmount(path)
  removeMountPlaces(path)
}
