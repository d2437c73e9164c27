import {closeSync, openSync} from 'node:fs'
import {isErrno} from '../errors/index.ts'
import {syscall} from './native.ts'

/** How much the files below a directory may take together. */
export interface ProjectLimits {
  readonly sizeBytes?: number
  readonly inodes?: number
}

/** @see Linux include/uapi/linux/fs.h, FS_IOC_FSGETXATTR and struct fsxattr */
const GET_ATTRIBUTES = 0x801c581f
const SET_ATTRIBUTES = 0x401c5820
const ATTRIBUTES_BYTES = 28
const PROJECT_AT = 12
const INHERIT = 0x200

/** @see Linux include/uapi/linux/dqblk_xfs.h, struct fs_disk_quota; quotactl(2) */
const QUOTACTL_FD = 443
const PROJECT_TYPE = 2
const GET_QUOTA = (0x5803 << 8) | PROJECT_TYPE
const SET_LIMITS = (0x5804 << 8) | PROJECT_TYPE
const QUOTA_BYTES = 112
const [INODES_HARD, BLOCKS_HARD] = [2, 8]
const BLOCK_BYTES = 512
const [BLOCK_LIMIT_AT, INODE_LIMIT_AT, BLOCKS_AT, INODES_AT] = [8, 24, 40, 48]

/** Ids below are left to whoever numbers his projects by hand. */
const FIRST_PROJECT = 0x100000
const PROJECTS = 0x70000000

/**
 * Gives an empty directory a project of its own with these limits, which all that is made in it belongs to.
 * @throws a system error where the filesystem or the kernel has no quotas of projects, or they are switched off
 */
export function limitDirectory(directory: string, limits: ProjectLimits): void {
  onDirectory(directory, (descriptor) => {
    const attributes = readAttributes(descriptor)
    const project = unusedProject(descriptor)
    setLimits(descriptor, project, limits)
    attributes.writeUInt32LE(attributes.readUInt32LE(0) | INHERIT, 0)
    attributes.writeUInt32LE(project, PROJECT_AT)
    syscall('int ioctl(int fd, unsigned long request, void *argument)', descriptor, SET_ATTRIBUTES, attributes)
  })
}

/** Forgets the limits of a directory's project. */
export function unlimitDirectory(directory: string): void {
  onDirectory(directory, (descriptor) => {
    const project = readAttributes(descriptor).readUInt32LE(PROJECT_AT)
    if (project >= FIRST_PROJECT) setLimits(descriptor, project, {})
  })
}

function onDirectory(directory: string, act: (descriptor: number) => void): void {
  const descriptor = openSync(directory, 'r')
  try {
    act(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function readAttributes(descriptor: number): Buffer {
  const attributes = Buffer.alloc(ATTRIBUTES_BYTES)
  syscall('int ioctl(int fd, unsigned long request, void *argument)', descriptor, GET_ATTRIBUTES, attributes)
  return attributes
}

function unusedProject(descriptor: number): number {
  for (;;) {
    const project = FIRST_PROJECT + Math.floor(Math.random() * PROJECTS)
    if (!isUsed(descriptor, project)) return project
  }
}

function isUsed(descriptor: number, project: number): boolean {
  const quota = Buffer.alloc(QUOTA_BYTES)
  try {
    control(GET_QUOTA, descriptor, project, quota)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false
    throw error
  }
  return [BLOCK_LIMIT_AT, INODE_LIMIT_AT, BLOCKS_AT, INODES_AT].some((at) => quota.readBigUInt64LE(at) > 0n)
}

function setLimits(descriptor: number, project: number, {sizeBytes = 0, inodes = 0}: ProjectLimits): void {
  const quota = Buffer.alloc(QUOTA_BYTES)
  const [version, ofProject] = [1, 2]
  quota.writeInt8(version, 0)
  quota.writeInt8(ofProject, 1)
  quota.writeUInt16LE(INODES_HARD | BLOCKS_HARD, 2)
  quota.writeUInt32LE(project, 4)
  quota.writeBigUInt64LE(BigInt(Math.ceil(sizeBytes / BLOCK_BYTES)), BLOCK_LIMIT_AT)
  quota.writeBigUInt64LE(BigInt(inodes), INODE_LIMIT_AT)
  control(SET_LIMITS, descriptor, project, quota)
}

/** By a descriptor (Linux 5.14): the block device need not be known, or be there. */
function control(command: number, descriptor: number, project: number, quota: Buffer): void {
  syscall(
    'long syscall(long number, int fd, unsigned int command, unsigned int id, void *quota)',
    QUOTACTL_FD,
    descriptor,
    command,
    project,
    quota,
  )
}
