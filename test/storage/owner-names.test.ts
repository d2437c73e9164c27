import {execFileSync} from 'node:child_process'
import {mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {buffer} from 'node:stream/consumers'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {packTree, tarTree} from '../../storage/index.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'berth-names-'))
  writeFileSync(join(directory, 'file'), 'content')
  symlinkSync('file', join(directory, 'link'))
})
afterEach(() => rmSync(directory, {recursive: true}))

/** Owners as tar(1) shows them: names where the archive has them, ids otherwise. */
function ownersIn(archive: Buffer): string[] {
  const lines = execFileSync('tar', ['-tv'], {input: archive, encoding: 'utf8'}).trimEnd().split('\n')
  return lines.map((line) => line.split(/\s+/)[1] ?? '')
}

test('owners are written with the names they are given, others as ids', async () => {
  const {uid, gid} = statSync(directory)
  const named = {users: new Map([[uid, 'somebody']]), groups: new Map([[gid, 'a-group']])}
  expect(ownersIn(await buffer(tarTree(directory, {ownerNames: named})))).toEqual([
    'somebody/a-group',
    'somebody/a-group',
  ])
  expect(ownersIn(await buffer(packTree({root: directory, path: 'file', ownerNames: named})))).toEqual([
    'somebody/a-group',
  ])
  const others = {users: new Map([[uid + 1, 'another']]), groups: new Map()}
  expect(ownersIn(await buffer(tarTree(directory, {ownerNames: others})))).toEqual([`${uid}/${gid}`, `${uid}/${gid}`])
})

test('a name longer than its field is cut', async () => {
  const {uid, gid} = statSync(directory)
  const ownerNames = {users: new Map([[uid, 'u'.repeat(40)]]), groups: new Map([[gid, 'g']])}
  expect(ownersIn(await buffer(packTree({root: directory, path: 'file', ownerNames})))).toEqual([`${'u'.repeat(31)}/g`])
})
