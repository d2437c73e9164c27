import {readFileSync} from 'node:fs'
import {isErrno} from '../errors/index.ts'

/** Names by id of a passwd or group file, the first one where an id has several; none when it cannot be read. */
export function accountNames(path: string): ReadonlyMap<number, string> {
  const entries = textOf(path)
    .split('\n')
    .map((line) => line.split(':'))
  return new Map(
    entries
      .filter(([, , id]) => id)
      .map(([name = '', , id]): [number, string] => [Number(id), name])
      .reverse(),
  )
}

/** Those of the host. */
export function hostAccountNames(): {
  readonly users: ReadonlyMap<number, string>
  readonly groups: ReadonlyMap<number, string>
} {
  return {users: accountNames('/etc/passwd'), groups: accountNames('/etc/group')}
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP')) return ''
    throw error
  }
}
