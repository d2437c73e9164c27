import {readFileSync} from 'node:fs'
import {EngineError, isErrno} from '../errors/index.ts'
import {statAt} from './at-calls.ts'
import {syscall} from './native.ts'

/** Mount flags of `mount(2)`; names without the MS_ prefix. */
export const mountFlags = {
  rdonly: 0x1,
  nosuid: 0x2,
  nodev: 0x4,
  noexec: 0x8,
  remount: 0x20,
  noatime: 0x400,
  bind: 0x1000,
  move: 0x2000,
  rec: 0x4000,
  private: 0x40000,
  slave: 0x80000,
  shared: 0x100000,
} as const

const DETACH = 2
const WORKING_DIRECTORY = -100

/** `mount(2)`. @throws ERR_SYSCALL with the system error as cause, naming source, target and type. */
export function mount(source: string, target: string, type: string, flags: number, data = ''): void {
  try {
    syscall(
      'int mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data)',
      source,
      target,
      type,
      flags,
      data,
    )
  } catch (cause) {
    throw new EngineError(
      'ERR_SYSCALL',
      `mount ${type || 'bind'} ${source} on ${target}: ${(cause as Error).message}`,
      {
        cause,
      },
    )
  }
}

/** Unmounts `target` lazily. A path that is no mount point, or is gone, is success. */
export function unmount(target: string): void {
  try {
    syscall('int umount2(const char *target, int flags)', target, DETACH)
  } catch (cause) {
    if (isErrno(cause, 'EINVAL', 'ENOENT')) return
    throw new EngineError('ERR_SYSCALL', `unmount ${target}: ${(cause as Error).message}`, {cause})
  }
}

/** The mount points of this process at or below `directory`, deepest first. */
export function mountPointsBelow(directory: string): string[] {
  return mountPoints()
    .filter((point) => point === directory || point.startsWith(`${directory}/`))
    .sort((a, b) => b.length - a.length)
}

/** True when something is mounted on `path`. One system call where the kernel tells (5.8), else a look into mountinfo. */
export function isMountPoint(path: string): boolean {
  try {
    return statAt(WORKING_DIRECTORY, Buffer.from(path).toString('latin1')).isMountRoot ?? mountPoints().includes(path)
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return false
    throw error
  }
}

/** @see proc(5), /proc/pid/mountinfo: the fifth field, with space, tab, newline and backslash as octal escapes */
function mountPoints(): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) =>
      (line.split(' ')[4] ?? '').replace(/\\([0-7]{3})/g, (_, o) => String.fromCharCode(Number.parseInt(o, 8))),
    )
}
