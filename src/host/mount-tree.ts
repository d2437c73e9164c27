import {closeSync} from 'node:fs'
import {syscall} from './native.ts'

const AT_FDCWD = -100
const EMPTY_PATH = 0x1000
const RECURSIVE = 0x8000
const OPEN_TREE = 428
const OPEN_TREE_CLONE = 1
const MOVE_MOUNT = 429
const MOVE_MOUNT_EMPTY_PATH = 4
const MOUNT_SETATTR = 442
const CLOEXEC = 0o2000000
const PRIVATE = 0x40000n

export const mountAttributes = {rdonly: 0x1n, idmap: 0x0010_0000n} as const

export interface MountTreeOptions {
  /** Of `mountAttributes`. */
  readonly attributes: bigint
  /** For `idmap`: an open descriptor. */
  readonly userNamespace?: number
  /** The mounts below come along, with the same attributes. */
  readonly recursive?: boolean
}

/**
 * Shows at `target` what is mounted at `source`. It has its attributes before it is there, and so has what other mount
 * namespaces get of it: to one that was mounted and then made read-only, they would write.
 *
 * @throws the system error
 * @see open_tree(2), mount_setattr(2), move_mount(2); Linux 5.12
 */
export function mountTree(source: string, target: string, options: MountTreeOptions): void {
  const recursive = options.recursive ? RECURSIVE : 0
  const tree = syscall(
    'long syscall(long number, int dir, str path, unsigned int flags)',
    ...[OPEN_TREE, AT_FDCWD, source, OPEN_TREE_CLONE | CLOEXEC | recursive],
  )
  try {
    setAttributes(tree, options, recursive)
    syscall(
      'long syscall(long number, int from, str path, int to, str target, unsigned int flags)',
      ...[MOVE_MOUNT, tree, '', AT_FDCWD, target, MOVE_MOUNT_EMPTY_PATH],
    )
  } finally {
    closeSync(tree)
  }
}

/** `struct mount_attr`: attr_set, attr_clr, propagation, userns_fd. */
function setAttributes(tree: number, {attributes, userNamespace = 0}: MountTreeOptions, recursive: number): void {
  const record = Buffer.alloc(32)
  record.writeBigUInt64LE(attributes, 0)
  record.writeBigUInt64LE(PRIVATE, 16)
  record.writeBigUInt64LE(BigInt(userNamespace), 24)
  syscall(
    'long syscall(long number, int tree, str path, unsigned int flags, const void *attributes, size_t size)',
    ...[MOUNT_SETATTR, tree, '', EMPTY_PATH | recursive, record, record.length],
  )
}
