import {execFileSync} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {openBerth, type TestEngine} from '../../helpers/engine.ts'
import {busyboxArchive} from '../../helpers/images.ts'
import {temporaryDirectory} from '../../helpers/temporary-directory.ts'

describe('cp', () => {
  let berth: TestEngine
  let scratch: ReturnType<typeof temporaryDirectory>

  beforeAll(async () => {
    berth = openBerth()
    await berth.output('load', '-q', '-i', await busyboxArchive())
    await berth.output('run', '-d', '--name', 'c', '--network', 'none', 'busybox', 'top')
  })
  beforeEach(() => {
    scratch = temporaryDirectory()
    mkdirSync(join(scratch.path, 'tree/sub'), {recursive: true})
    writeFileSync(join(scratch.path, 'tree/sub/file'), 'hello', {mode: 0o640})
    symlinkSync('/etc/passwd', join(scratch.path, 'tree/link'))
  })
  afterAll(() => berth[Symbol.asyncDispose]())

  const cp = (...args: string[]) => berth.run(['cp', ...args])
  const inside = (...args: string[]) => berth.output('exec', 'c', ...args)

  it('puts a directory into a directory, and its contents with a dot', async () => {
    await inside('mkdir', '-p', '/a', '/b')
    expect(await cp(join(scratch.path, 'tree'), 'c:/a')).toMatchObject({exitCode: 0, stdout: '', stderr: ''})
    expect(await inside('cat', '/a/tree/sub/file')).toBe('hello')
    expect(await inside('readlink', '/a/tree/link')).toBe('/etc/passwd')
    expect((await cp(`${scratch.path}/tree/.`, 'c:/b')).exitCode).toBe(0)
    expect(await inside('stat', '-c', '%a', '/b/sub/file')).toBe('640')
  })

  it('makes a directory that is not there of what it copies', async () => {
    expect((await cp(join(scratch.path, 'tree'), 'c:/made')).exitCode).toBe(0)
    expect(await inside('cat', '/made/sub/file')).toBe('hello')
  })

  it('gives a file another name, and writes over a file', async () => {
    expect((await cp(join(scratch.path, 'tree/sub/file'), 'c:/tmp/named')).exitCode).toBe(0)
    expect((await cp('c:/tmp/named', join(scratch.path, 'back'))).exitCode).toBe(0)
    expect((await cp('c:/etc/hostname', join(scratch.path, 'back'))).exitCode).toBe(0)
    expect(readFileSync(join(scratch.path, 'back'), 'utf8')).not.toBe('hello')
  })

  it('brings a tree out with its modes and links, below nothing but the target', async () => {
    await inside(
      'sh',
      '-c',
      'mkdir -p /out/sub && echo x >/out/sub/f && chmod 750 /out/sub && ln -s ../../../../etc/shadow /out/up',
    )
    const target = join(scratch.path, 'out')
    expect((await cp('c:/out', target)).exitCode).toBe(0)
    expect(statSync(join(target, 'sub')).mode & 0o777).toBe(0o750)
    expect(readlinkSync(join(target, 'up'))).toBe('../../../../etc/shadow')
  })

  it('streams tars in both directions', async () => {
    const tar = execFileSync('tar', ['cf', '-', '-C', scratch.path, 'tree'])
    expect((await berth.run(['cp', '-', 'c:/root'], {input: tar})).exitCode).toBe(0)
    expect(await inside('cat', '/root/tree/sub/file')).toBe('hello')
    expect((await berth.run(['cp', '-', 'c:/root'], {input: 'no tar'})).stderr).toBe(
      'Error: source must be a (compressed) tar archive when copying from stdin\n',
    )
  })

  it.each([
    [['c:/nosuch', '/tmp'], 'Error: "/nosuch" could not be found on container c: no such file or directory\n'],
    [['/nosuch', 'c:/'], 'Error: "/nosuch" could not be found on the host: no such file or directory\n'],
    [
      ['/etc/hostname', 'c:/no/dir/'],
      'Error: "/no/dir/" could not be found on container c: no such file or directory\n',
    ],
    [['/etc', 'c:/etc/passwd'], 'Error: destination must be a directory when copying a directory\n'],
    [['a', 'b'], 'Error: name or ID cannot be empty\n'],
    [['nosuch:/etc', '/tmp'], 'Error: container "nosuch" does not exist\n'],
  ])('refuses %j', async (args, stderr) => {
    expect(await cp(...args)).toMatchObject({exitCode: 125, stderr})
  })

  it('leaves the host alone whatever a container’s links say', async () => {
    await inside('sh', '-c', 'mkdir -p /evil && ln -s /escaped /evil/dir')
    const target = join(scratch.path, 'evil')
    expect((await cp('c:/evil', target)).exitCode).toBe(0)
    expect((await cp('c:/evil/.', target)).exitCode).toBe(0)
    expect(existsSync('/escaped')).toBe(false)
  })
})
