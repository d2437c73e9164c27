import {mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {prepareAccounts, resolveUser} from '../../../src/oci/spec/index.ts'
import {configOf} from '../../specgen/command-line.ts'

let rootfs: string

beforeEach(() => {
  rootfs = mkdtempSync(join(tmpdir(), 'berth-users-'))
  mkdirSync(join(rootfs, 'etc'))
  file(
    'passwd',
    'root:x:0:0:root:/root:/bin/sh\nweb:x:33:34:w:/srv/web:/bin/sh\n44:x:45:46::/odd:/bin/sh\nbroken line\n',
  )
  file('group', 'root:x:0:root\nweb:x:34:\ndisk:x:6:web,root\naudio:x:29:web\n')
})

afterEach(() => rmSync(rootfs, {recursive: true, force: true}))

function file(name: string, text: string): void {
  writeFileSync(join(rootfs, 'etc', name), text)
}

describe('resolveUser', () => {
  it.each([
    ['', {uid: 0, gid: 0, additionalGids: [0, 6], home: '/root'}],
    ['web', {uid: 33, gid: 34, additionalGids: [34, 6, 29], home: '/srv/web', name: 'web'}],
    ['33', {uid: 33, gid: 34, additionalGids: [34, 6, 29], home: '/srv/web'}],
    ['web:audio', {uid: 33, gid: 29, additionalGids: [29]}],
    ['web:77', {uid: 33, gid: 77, additionalGids: [77]}],
    ['1000', {uid: 1000, gid: 0, additionalGids: [0], home: undefined}],
    ['1000:1001', {uid: 1000, gid: 1001, additionalGids: [1001]}],
    // The name of a user beats the number of none.
    ['44', {uid: 45, gid: 46, home: '/odd'}],
  ])('%j', (user, expected) => expect(resolveUser(rootfs, user)).toMatchObject(expected))

  it('adds groups by name and number', () => {
    expect(resolveUser(rootfs, '5:5', ['audio', '1234']).additionalGids).toEqual([5, 29, 1234])
  })

  it.each([
    ['web', [6, 29]],
    ['web:audio', []],
    ['1000:1001', []],
    ['', [0, 6]],
  ])('tells the groups that list %j from its own', (user, expected) =>
    expect(resolveUser(rootfs, user, ['1234']).memberGids).toEqual(expected),
  )

  it.each([
    ['nobody', 'unable to find user nobody: no matching entries in passwd file'],
    ['web:none', 'unable to find group none: no matching entries in group file'],
    ['4294967296', 'uids and gids must be in range 0-2147483647'],
    ['-5', 'uids and gids must be in range 0-2147483647'],
  ])('refuses %j', (user, message) => expect(() => resolveUser(rootfs, user)).toThrow(message))

  it('reads the files through links that stay inside', () => {
    rmSync(join(rootfs, 'etc/passwd'))
    symlinkSync('/../../usr/passwd', join(rootfs, 'etc/passwd'))
    mkdirSync(join(rootfs, 'usr'))
    writeFileSync(join(rootfs, 'usr/passwd'), 'inner:x:9:9::/:\n')
    expect(resolveUser(rootfs, 'inner').uid).toBe(9)
  })

  it('does without the files', () => {
    rmSync(join(rootfs, 'etc'), {recursive: true})
    expect(resolveUser(rootfs, '')).toMatchObject({uid: 0, gid: 0})
    expect(resolveUser(rootfs, '12:13')).toMatchObject({uid: 12, gid: 13})
  })
})

describe('prepareAccounts', () => {
  const prepare = (...args: string[]) => prepareAccounts(configOf([...args, 'busybox', 'true']), rootfs, rootfs)
  const passwd = (): string => readFileSync(join(rootfs, 'etc/passwd'), 'utf8')

  it('adds an entry for an unknown uid once', () => {
    prepare('-u', '1234:5', '-w', '/work')
    expect(passwd()).toMatch(/\n1234:\*:1234:5:container user:\/work:\/bin\/sh\n$/)
    expect(readFileSync(join(rootfs, 'etc/group'), 'utf8')).toMatch(/\n5:x:5:1234\n$/)
    const before = passwd()
    prepare('-u', '1234:5', '-w', '/work')
    expect(passwd()).toBe(before)
  })

  it('leaves the files alone for known users, root, and --passwd=false', () => {
    const before = passwd()
    prepare('-u', 'web')
    prepare()
    prepare('--passwd=false', '-u', '999')
    expect(passwd()).toBe(before)
  })

  it('takes the entries that were asked for', () => {
    prepare(
      '-u',
      '50:51',
      '--passwd-entry',
      'me:x:$UID:$GID:$NAME:$HOME:/bin/ash',
      '--group-entry',
      'us:x:$GID:$USERLIST',
    )
    expect(passwd()).toContain('me:x:50:51:container user:/:/bin/ash\n')
    expect(readFileSync(join(rootfs, 'etc/group'), 'utf8')).toContain('us:x:51:50\n')
  })

  it('finds a user of the host that it adds', () => {
    const {user} = prepare('--hostuser', 'daemon', '-u', 'daemon')
    expect(user).toMatchObject({uid: 1, name: 'daemon'})
    expect(passwd()).toContain('daemon:*:1:1:')
    expect(() => prepare('--hostuser', 'no-such-user')).toThrow('user: unknown user no-such-user')
  })

  it('mounts changed copies over a root filesystem that may not be written', () => {
    const before = passwd()
    const {mounts} = prepare('--read-only', '-u', '77')
    expect(passwd()).toBe(before)
    expect(mounts.map(({destination}) => destination)).toEqual(['/etc/passwd', '/etc/group'])
    expect(readFileSync(mounts[0]?.source ?? '', 'utf8')).toContain('77:*:77:0:container user:/:/bin/sh')
  })
})
