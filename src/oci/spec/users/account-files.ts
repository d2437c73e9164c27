import {readFileSync} from 'node:fs'
import {isErrno} from '../../../errors/index.ts'
import {resolveInRoot} from '../../../host/index.ts'

/** @see passwd(5) */
export interface PasswdEntry {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
  readonly shell: string
}

/** @see group(5) */
export interface GroupEntry {
  readonly name: string
  readonly gid: number
  readonly members: readonly string[]
}

/** The entries of a root filesystem's /etc/passwd; none when it has no such file. Damaged lines are passed over. */
export function readPasswd(rootfs: string): PasswdEntry[] {
  return parsePasswd(readAccountFile(rootfs, '/etc/passwd') ?? '')
}

export function parsePasswd(text: string): PasswdEntry[] {
  return records(text).flatMap(([name = '', , uid, gid, , home = '', shell = '']) =>
    isID(uid) && isID(gid) ? [{name, uid: Number(uid), gid: Number(gid), home, shell}] : [],
  )
}

export function readGroup(rootfs: string): GroupEntry[] {
  return records(readAccountFile(rootfs, '/etc/group') ?? '').flatMap(([name = '', , gid, members = '']) =>
    isID(gid) ? [{name, gid: Number(gid), members: members.split(',').filter((member) => member !== '')}] : [],
  )
}

/** The text of an account file, its links followed inside the root filesystem. */
export function readAccountFile(rootfs: string, path: string): string | undefined {
  try {
    return readFileSync(resolveInRoot(rootfs, path), 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return undefined
    throw error
  }
}

function records(text: string): string[][] {
  const lines = text.split('\n')
  return lines.filter((line) => line.trim() !== '' && !line.startsWith('#')).map((line) => line.trimEnd().split(':'))
}

function isID(text: string | undefined): boolean {
  return text !== undefined && /^\d+$/.test(text)
}
