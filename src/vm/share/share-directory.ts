import {chmodSync, closeSync, mkdirSync, openSync, statSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {mount, mountAttributes, mountFlags, mountPointsBelow, mountTree, unmount} from '../../host/index.ts'
import {guestPaths} from './guest-paths.ts'

/**
 * A container's part of the share: what it may see of the host is bind-mounted below `share/CONTAINER/`, and only that is
 * ever reachable from the guest. The guest sees it at once, also while it runs.
 */
export class ShareDirectory {
  readonly #directory: string
  readonly #container: string
  readonly #server: 'virtiofs' | '9p'
  #next = 0

  constructor(shareDirectory: string, container: string, server: 'virtiofs' | '9p') {
    this.#directory = join(shareDirectory, container)
    this.#container = container
    this.#server = server
  }

  /** Shows the directory that a container has to itself, with the mounts below it, and returns its path in the guest. */
  addRootfs(source: string): string {
    this.#show(source, 'rootfs', {recursive: true})
    return join(guestPaths.share, this.#container, 'rootfs')
  }

  /**
   * Shows a file or directory that others may write to as well, and returns its path in the guest. Mounts below a directory
   * come along when `recursive`. Read-only is enforced here, on the host: the guest's own kernel is not to be trusted with it.
   */
  add(source: string, options: {readonly readOnly?: boolean; readonly recursive?: boolean} = {}): string {
    const name = `m${this.#next++}`
    this.#show(source, name, options)
    // QEMU's 9p is exact as it is.
    return join(this.#server === '9p' ? guestPaths.share : guestPaths.exactShare, this.#container, name)
  }

  #show(source: string, name: string, options: {readonly readOnly?: boolean; readonly recursive?: boolean}): void {
    const target = join(this.#directory, name)
    makePassable(this.#directory)
    makeMountPoint(source, target)
    showTree(source, target, options)
    // Without this, what the container's directory unmounts later would come back to the source.
    mount('', target, '', mountFlags.private | mountFlags.rec)
    if (this.#server === 'virtiofs') leaveToDaemons(target)
  }
}

/** Unmounts what is mounted at or below `directory`, deepest first. */
export function unmountBelow(directory: string): void {
  for (const point of mountPointsBelow(directory)) unmount(point)
}

/**
 * Root of a user namespace of the guest is nobody there, and has to come through to what is its own. On the host, the sandbox's
 * directory lets nobody in.
 */
function makePassable(directory: string): void {
  mkdirSync(directory, {recursive: true})
  for (const each of [dirname(directory), directory]) chmodSync(each, 0o711)
}

function makeMountPoint(source: string, target: string): void {
  const stat = statSync(source, {throwIfNoEntry: false})
  if (!stat) throw new EngineError('ERR_BUNDLE_INVALID', `${source}: no such file or directory`)
  if (stat.isDirectory()) mkdirSync(target, {recursive: true, mode: 0o700})
  else closeSync(openSync(target, 'a', 0o600))
}

function showTree(
  source: string,
  target: string,
  {readOnly, recursive}: {readOnly?: boolean; recursive?: boolean},
): void {
  try {
    mountTree(source, target, {attributes: readOnly ? mountAttributes.rdonly : 0n, recursive})
  } catch (cause) {
    throw new EngineError('ERR_SYSCALL', `mount ${source} on ${target}: ${(cause as Error).message}`, {cause})
  }
}

/**
 * The daemons' mount namespaces have copies of all that is mounted below. Of the same in this one, nobody on the host could remove
 * the directories where it is mounted elsewhere too: with the host's root in the share, those of all other containers.
 */
function leaveToDaemons(target: string): void {
  for (const point of mountPointsBelow(target)) if (point !== target) unmount(point)
}
