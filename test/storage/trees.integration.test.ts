import {execFileSync} from 'node:child_process'
import {existsSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {Readable} from 'node:stream'
import {buffer} from 'node:stream/consumers'
import {describe, expect, test} from 'vitest'
import {packTree, unpackTree} from '../../storage/index.ts'
import {describeTree, LayerFixture, shell} from './layer-fixture.ts'

const tree = `
  mkdir -p sub/deep 'with space'; echo hello > sub/file; ln sub/file sub/twin; ln -s /etc/passwd sub/absolute
  truncate -s 8M sub/hole; echo end >> sub/hole; mkfifo sub/pipe; mknod sub/null c 1 3; chmod 4755 sub/file
  chown 12:34 sub/deep; chmod 1777 sub/deep; touch -d '2001-02-03 04:05:06' sub/deep 'with space'
  python3 -c "import os;os.setxattr('sub/file','user.note',bytes([0,255,10]))"; touch $'non-utf8-\\xff\\xfe' .wh.not-a-whiteout`

const names = (tar: Buffer) => execFileSync('tar', ['-t'], {input: tar, encoding: 'utf8'}).trim().split('\n')

describe('packTree', () => {
  test('a directory comes back the same through the system tar', async () => {
    await using f = await LayerFixture.open('vfs')
    const [from, to] = [f.mkdir('from'), f.mkdir('to')]
    shell(tree, from)
    const tar = await buffer(packTree({root: from, path: '/', as: '.'}))
    execFileSync('tar', ['-xp', '--xattrs', '--xattrs-include=*', '-C', to], {input: tar})
    const seconds = (text: string) => text.replace(/(\d{9,10})\.\d{10}/g, '$1')
    expect(seconds(describeTree(to))).toBe(seconds(describeTree(from)))
    expect(statSync(join(to, 'sub/hole')).blocks).toBeLessThan(64)
  })

  test('entries begin with the given name, a file is one entry', async () => {
    await using f = await LayerFixture.open('vfs')
    const root = f.mkdir('root')
    shell('mkdir -p a/b; echo 1 > a/b/f; ln a/b/f a/b/g', root)
    expect(names(await buffer(packTree({root, path: '/a/b'})))).toEqual(['b/', 'b/f', 'b/g'])
    expect(names(await buffer(packTree({root, path: 'a/b/.', as: 'x/y'})))).toEqual(['x/y/', 'x/y/f', 'x/y/g'])
    expect(names(await buffer(packTree({root, path: '/a/b/f'})))).toEqual(['f'])
    expect(names(await buffer(packTree({root, path: '/a/b/f', as: 'other'})))).toEqual(['other'])
  })

  test('links on the way stay inside the root; the last one is packed as a link', async () => {
    await using f = await LayerFixture.open('vfs')
    const root = f.mkdir('root')
    shell('mkdir -p etc; echo inside > etc/passwd; ln -s /etc up; ln -s ../../../etc out', root)
    for (const path of ['/up/passwd', '/out/passwd', '/etc/../etc/passwd']) {
      const tar = await buffer(packTree({root, path}))
      expect(execFileSync('tar', ['-xO'], {input: tar, encoding: 'utf8'})).toBe('inside\n')
    }
    expect(
      execFileSync('tar', ['-tv'], {input: await buffer(packTree({root, path: '/up'})), encoding: 'utf8'}),
    ).toContain('up -> /etc')
    expect(names(await buffer(packTree({root, path: '/up/'})))).toEqual(['up/', 'up/passwd'])
  })

  test('what is not there is refused', async () => {
    await using f = await LayerFixture.open('vfs')
    const missing = {code: 'ERR_REFUSED', message: '"/no/such" could not be found'}
    await expect(buffer(packTree({root: f.directory, path: '/no/such'}))).rejects.toMatchObject(missing)
  })
})

describe('unpackTree', () => {
  const unpack = (tar: Buffer, root: string, path: string, more = {}) =>
    unpackTree({source: Readable.from([tar]), root, path, ...more})

  test('a tree comes back the same, names of whiteouts are plain names', async () => {
    await using f = await LayerFixture.open('vfs')
    const [from, to] = [f.mkdir('from'), f.mkdir('to')]
    shell(tree, from)
    await unpack(f.tarOf(tree, '--format=pax'), to, '/deep/er')
    const withoutTimes = (text: string) => text.replace(/\d{9,10}\.\d{10}/g, 'T')
    expect(withoutTimes(describeTree(join(to, 'deep/er')))).toBe(withoutTimes(describeTree(from)))
  })

  test('it replaces files and merges directories', async () => {
    await using f = await LayerFixture.open('vfs')
    const root = f.mkdir('root')
    shell(
      'mkdir -p app/d app/was-dir; echo old > app/d/f; echo stays > app/d/g; echo old > app/was-file; touch app/was-dir/x',
      root,
    )
    await unpack(f.tarOf('mkdir d was-file; echo new > d/f; touch was-dir'), root, 'app')
    expect(readFileSync(join(root, 'app/d/f'), 'utf8') + readFileSync(join(root, 'app/d/g'), 'utf8')).toBe(
      'new\nstays\n',
    )
    expect(statSync(join(root, 'app/was-file')).isDirectory()).toBe(true)
    expect(statSync(join(root, 'app/was-dir')).isFile()).toBe(true)
  })

  test('a directory in the way is refused when asked', async () => {
    await using f = await LayerFixture.open('vfs')
    const root = f.mkdir('root')
    shell('mkdir d; touch f', root)
    const strict = {noOverwriteDirNonDir: true}
    await expect(unpack(f.tarOf('touch d'), root, '/', strict)).rejects.toMatchObject({
      code: 'ERR_REFUSED',
      message: 'cannot overwrite directory "/d" with non-directory',
    })
    await expect(unpack(f.tarOf('mkdir f'), root, '/', strict)).rejects.toMatchObject({
      message: 'cannot overwrite non-directory "/f" with directory',
    })
    expect(readdirSync(root).sort()).toEqual(['d', 'f'])
  })

  test('owner and names can be set', async () => {
    await using f = await LayerFixture.open('vfs')
    const root = f.mkdir('root')
    await unpack(f.tarOf('mkdir a; echo x > a/b; ln a/b a/c'), root, '/', {chown: {uid: 5, gid: 6}, rename: {a: 'z'}})
    const {uid, gid, nlink} = statSync(join(root, 'z/b'))
    expect([uid, gid, nlink]).toEqual([5, 6, 2])
    expect(readdirSync(root)).toEqual(['z'])
  })

  test('links that are there lead only inside the root', async () => {
    await using f = await LayerFixture.open('vfs')
    const [root, outside] = [f.mkdir('root'), f.mkdir('outside')]
    symlinkSync(outside, join(root, 'out'))
    symlinkSync(`../../../../../../..${outside}`, join(root, 'up'))
    symlinkSync('/sub', join(root, 'in'))
    shell('mkdir sub', root)
    for (const link of ['out', 'up'])
      await expect(unpack(f.tarOf('echo 1 > x'), root, `/${link}`)).rejects.toMatchObject({code: 'ERR_LAYER_ENTRY'})
    await unpack(f.tarOf('echo 1 > x'), root, '/in')
    expect(existsSync(join(root, 'sub/x'))).toBe(true)
    expect(readdirSync(outside)).toEqual([])
  })

  test('names cannot climb out of the directory', async () => {
    await using f = await LayerFixture.open('vfs')
    const [root, stage] = [f.mkdir('root'), f.mkdir('stage')]
    writeFileSync(join(f.directory, 'evil'), 'x')
    const tar = execFileSync('tar', ['-cP', '-C', stage, '../evil'])
    await expect(unpack(tar, root, '/a/b')).rejects.toMatchObject({code: 'ERR_LAYER_ESCAPE'})
    expect(lstatSync(root).isDirectory() && existsSync(join(root, 'a/evil'))).toBe(false)
  })
})
