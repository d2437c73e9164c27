import {appendFileSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../../../errors/index.ts'
import {resolveInRoot} from '../../../host/index.ts'
import type {Mount} from '../../types/runtime-spec.ts'
import type {SpecTemplate} from '../spec-template.ts'
import {parsePasswd, readAccountFile, readGroup, readPasswd} from './account-files.ts'
import {type ResolvedUser, resolveUser} from './resolve-user.ts'

export interface Accounts {
  readonly user: ResolvedUser
  /** Changed copies of passwd and group, for a root filesystem that may not be written. */
  readonly mounts: readonly Mount[]
}

/**
 * Finds the container's user, after adding what the request wants in /etc/passwd and /etc/group: host users
 * (`--hostuser`), and an entry for a uid or gid given as a number that the image does not know. A second start finds the
 * entries of the first.
 *
 * @param directory per-boot directory of the container, for copies of a read-only root filesystem's files
 */
export function prepareAccounts(template: SpecTemplate, rootfs: string, directory: string): Accounts {
  const {process, security, mounts: requested} = template
  const files = new AccountFiles(rootfs, directory, security.readOnlyRootfs)
  const managed = (path: string): boolean =>
    process.addPasswdEntry && !requested.some((mount) => mount.destination === path)
  const hostUsers = managed('/etc/passwd') ? hostUserEntries(template, rootfs) : ''
  files.append('/etc/passwd', hostUsers)
  const user = findUser(template, rootfs, hostUsers)
  if (managed('/etc/passwd')) files.append('/etc/passwd', userEntry(template, user))
  if (managed('/etc/group')) files.append('/etc/group', groupEntry(template, rootfs))
  return {user, mounts: files.mounts()}
}

function findUser({id, process}: SpecTemplate, rootfs: string, hostUsers: string): ResolvedUser {
  const more = parsePasswd(hostUsers)
  const user = resolveUser(rootfs, process.user, [], more)
  if (process.groupAdd.length === 0) return user
  try {
    return resolveUser(rootfs, process.user, process.groupAdd, more)
  } catch (cause) {
    const reason = (cause as Error).message
    throw new EngineError('ERR_REFUSED', `looking up supplemental groups for container ${id}: ${reason}`, {cause})
  }
}

/** Adds lines in place, or in a copy laid out like a root filesystem when the real one is read-only. */
class AccountFiles {
  readonly #rootfs: string
  readonly #directory: string
  readonly #copy: boolean
  readonly #copies = new Map<string, string>()

  constructor(rootfs: string, directory: string, copy: boolean) {
    this.#rootfs = rootfs
    this.#directory = directory
    this.#copy = copy
  }

  append(path: string, lines: string): void {
    const text = readAccountFile(this.#rootfs, path)
    if (lines === '' || text === undefined) return
    const addition = `${text === '' || text.endsWith('\n') ? '' : '\n'}${lines}`
    if (!this.#copy) {
      appendFileSync(resolveInRoot(this.#rootfs, path), addition)
      return
    }
    const copy = join(this.#directory, path.replace('/etc/', ''))
    writeFileSync(copy, `${this.#copies.has(path) ? readFileSync(copy, 'utf8') : text}${addition}`, {mode: 0o644})
    this.#copies.set(path, copy)
  }

  mounts(): Mount[] {
    return [...this.#copies].map(([destination, source]) => ({
      ...{destination, type: 'bind', source},
      options: ['bind', 'rprivate', 'ro', 'nosuid', 'noexec', 'nodev'],
    }))
  }
}

function hostUserEntries({id, process: {hostUsers: names}}: SpecTemplate, rootfs: string): string {
  if (names.length === 0) return ''
  const known = new Set(readPasswd(rootfs).map(({name}) => name))
  const host = readPasswd('/')
  return names
    .map((word) => {
      const entry = host.find(({name, uid}) => name === word || String(uid) === word)
      if (!entry)
        throw new EngineError(
          'ERR_REFUSED',
          `creating temporary passwd file for container ${id}: user: unknown user ${word}`,
        )
      return known.has(entry.name)
        ? ''
        : `${entry.name}:*:${entry.uid}:${entry.gid}:${entry.name}:${entry.home}:/bin/sh\n`
    })
    .join('')
}

/** For a uid that passwd does not have; a root process needs none. */
function userEntry({process}: SpecTemplate, user: ResolvedUser): string {
  if (user.name !== undefined || user.uid === 0) return ''
  const values: Readonly<Record<string, string>> = {
    USERNAME: String(user.uid),
    UID: String(user.uid),
    GID: String(user.gid),
    NAME: 'container user',
    HOME: process.workdir,
  }
  return `${fill(process.passwdEntry ?? '$USERNAME:*:$UID:$GID:$NAME:$HOME:/bin/sh', values)}\n`
}

/** For the number after the colon, or without one that before it: podman adds a group of the user's own number. */
function groupEntry({process}: SpecTemplate, rootfs: string): string {
  const [user = '', group = user] = process.user.split(':')
  if (!/^\d+$/.test(group) || group === '0') return ''
  if (readGroup(rootfs).some(({name, gid}) => name === group || gid === Number(group))) return ''
  const values = {GROUPNAME: group, GID: group, USERLIST: user}
  return `${fill(process.groupEntry ?? '$GROUPNAME:x:$GID:$USERLIST', values)}\n`
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$([A-Z]+)/g, (whole, name: string) => values[name] ?? whole)
}
