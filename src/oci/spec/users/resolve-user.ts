import {EngineError} from '../../../errors/index.ts'
import {type GroupEntry, type PasswdEntry, readGroup, readPasswd} from './account-files.ts'

export interface ResolvedUser {
  readonly uid: number
  readonly gid: number
  /** Of a container's first process. */
  readonly additionalGids: readonly number[]
  /** Only those that list the user. */
  readonly memberGids: readonly number[]
  /** Of the passwd entry; undefined when the image has none for this uid. */
  readonly home?: string
  readonly name?: string
}

const MAX_ID = 2 ** 31 - 1

/**
 * Who a process runs as: `user[:group]` by name or number, looked up in the root filesystem's own passwd and group.
 * Supplementary groups are those that list the user, unless a group was named; the named groups of `groupAdd` always.
 *
 * @param more entries that are about to be added to passwd
 * @throws ERR_REFUSED for a name that the files do not have, and for numbers out of range
 * @see opencontainers/runc libcontainer/user, GetExecUser
 */
export function resolveUser(
  rootfs: string,
  user: string,
  groupAdd: readonly string[] = [],
  more: readonly PasswdEntry[] = [],
): ResolvedUser {
  const [userWord = '', groupWord = ''] = splitOnce(user)
  const groups = lazily(() => readGroup(rootfs))
  const entry = findUser([...readPasswd(rootfs), ...more], userWord)
  const uid = entry?.uid ?? number(userWord, 'user', 'passwd')
  const gid = groupWord === '' ? (entry?.gid ?? 0) : findGroup(groups(), groupWord)
  const memberOf = groupWord === '' && entry ? groups().filter(({members}) => members.includes(entry.name)) : []
  const memberGids = [...new Set(memberOf.map((group) => group.gid))]
  const additionalGids = [
    // A process that drops a group with negative permissions must not gain by it; see CVE-2022-2989.
    ...(user === '' ? [] : [gid]),
    ...memberGids,
    ...groupAdd.filter((group) => group !== 'keep-groups').map((group) => findGroup(groups(), group)),
  ]
  return {uid, gid, additionalGids: [...new Set(additionalGids)], memberGids, home: entry?.home, name: entry?.name}
}

function splitOnce(user: string): [string, string] {
  const colon = user.indexOf(':')
  return colon < 0 ? [user, ''] : [user.slice(0, colon), user.slice(colon + 1)]
}

function lazily<T>(read: () => T): () => T {
  let value: T | undefined
  return () => {
    value ??= read()
    return value
  }
}

/** A number may also be somebody's name: the first entry that fits either way counts, as in getpwnam and getpwuid. */
function findUser(entries: readonly PasswdEntry[], word: string): PasswdEntry | undefined {
  if (word === '') return entries.find(({uid}) => uid === 0)
  return entries.find(({name, uid}) => name === word || String(uid) === word)
}

function findGroup(entries: readonly GroupEntry[], word: string): number {
  const entry = entries.find(({name, gid}) => name === word || String(gid) === word)
  return entry?.gid ?? number(word, 'group', 'group')
}

function number(word: string, what: 'user' | 'group', file: string): number {
  if (word === '') return 0
  if (!/^-?\d+$/.test(word)) {
    throw new EngineError('ERR_REFUSED', `unable to find ${what} ${word}: no matching entries in ${file} file`)
  }
  const id = Number(word)
  if (id < 0 || id > MAX_ID) throw new EngineError('ERR_REFUSED', `uids and gids must be in range 0-${MAX_ID}`)
  return id
}
