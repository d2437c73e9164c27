import {execFileSync} from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {unmount} from '../../src/host/index.ts'
import {mountOn} from '../../storage/mount-instructions.ts'
import type {Snapshotter} from '../../storage/snapshotter.ts'

const layer = (digit: string) => `sha256:${digit.repeat(64)}`

/** A store on a directory of its own, its mounts and files gone at the end of the scope. */
class Fixture implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'berth-snapshotter-'))
  readonly root = join(this.directory, 'root')
  readonly snapshots: Snapshotter
  readonly #mounts: string[] = []

  constructor(open: (root: string) => Snapshotter) {
    this.snapshots = open(this.root)
  }

  /** Commits a layer that holds `files`. */
  async commit(name: string, parent: string | undefined, files: Readonly<Record<string, string>>): Promise<void> {
    const key = `new-${name.slice(-4)}`
    await this.snapshots.prepare(key, parent)
    for (const [path, content] of Object.entries(files))
      writeFileSync(join(this.snapshots.upperPath(key), path), content)
    await this.snapshots.commit(name, key)
  }

  async mount(key: string): Promise<string> {
    const target = join(this.directory, `mnt-${this.#mounts.length}`)
    mkdirSync(target)
    await mountOn(target, await this.snapshots.mounts(key))
    this.#mounts.push(target)
    return target
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const target of this.#mounts) unmount(target)
    rmSync(this.directory, {recursive: true, force: true})
  }
}

/** What every driver must do. `open` opens it on a directory that need not exist. */
export function describeSnapshotter(name: string, open: (root: string) => Snapshotter): void {
  const fixture = () => new Fixture(open)

  describe(`${name} snapshotter`, () => {
    test('a child sees its parents and changes only itself', async () => {
      await using f = fixture()
      await f.commit(layer('1'), undefined, {a: 'one', b: 'one'})
      await f.commit(layer('2'), layer('1'), {b: 'two'})
      await f.snapshots.prepare('web', layer('2'))
      const merged = await f.mount('web')
      expect(readFileSync(join(merged, 'a'), 'utf8') + readFileSync(join(merged, 'b'), 'utf8')).toBe('onetwo')
      writeFileSync(join(merged, 'a'), 'mine')
      rmSync(join(merged, 'b'))
      expect(readFileSync(join(f.snapshots.upperPath(layer('1')), 'a'), 'utf8')).toBe('one')
      expect(readFileSync(join(f.snapshots.upperPath(layer('2')), 'b'), 'utf8')).toBe('two')
      expect(readdirSync(merged)).toEqual(['a'])
    })

    test('a view shows the parent and cannot be written', async () => {
      await using f = fixture()
      await f.commit(layer('1'), undefined, {a: 'one'})
      await f.snapshots.view('look', layer('1'))
      const merged = await f.mount('look')
      expect(readFileSync(join(merged, 'a'), 'utf8')).toBe('one')
      expect(() => writeFileSync(join(merged, 'x'), '')).toThrow(/EROFS/)
      expect((await f.snapshots.stat('look')).kind).toBe('view')
    })

    test('a snapshot on nothing is an empty directory', async () => {
      await using f = fixture()
      await f.snapshots.prepare('scratch')
      const merged = await f.mount('scratch')
      expect(readdirSync(merged)).toEqual([])
      expect(statSync(merged).mode & 0o7777).toBe(0o755)
      writeFileSync(join(merged, 'x'), 'x')
      expect(readdirSync(f.snapshots.upperPath('scratch'))).toEqual(['x'])
    })

    test('the root directory looks like the parent', async () => {
      await using f = fixture()
      await f.snapshots.prepare('new-1')
      chownSync(f.snapshots.upperPath('new-1'), 7, 8)
      chmodSync(f.snapshots.upperPath('new-1'), 0o1750)
      await f.snapshots.commit(layer('1'), 'new-1')
      await f.snapshots.prepare('web', layer('1'))
      const {uid, gid, mode} = statSync(await f.mount('web'))
      expect([uid, gid, mode & 0o7777]).toEqual([7, 8, 0o1750])
    })

    test('keys and names share one space', async () => {
      await using f = fixture()
      await f.snapshots.prepare('web')
      await expect(f.snapshots.prepare('web')).rejects.toMatchObject({code: 'ERR_SNAPSHOT_EXISTS'})
      await expect(f.snapshots.view('web')).rejects.toMatchObject({code: 'ERR_SNAPSHOT_EXISTS'})
      await f.snapshots.prepare('new-1')
      await expect(f.snapshots.commit('web', 'new-1')).rejects.toMatchObject({code: 'ERR_SNAPSHOT_EXISTS'})
      expect((await f.snapshots.stat('new-1')).kind).toBe('active')
    })

    test('parents must be there and committed', async () => {
      await using f = fixture()
      await f.snapshots.prepare('web')
      await expect(f.snapshots.prepare('a', layer('9'))).rejects.toMatchObject({code: 'ERR_SNAPSHOT_UNKNOWN'})
      await expect(f.snapshots.prepare('a', 'web')).rejects.toMatchObject({code: 'ERR_SNAPSHOT_STATE'})
      expect(f.snapshots.find('a')).toBeUndefined()
    })

    test('what is not there is unknown', async () => {
      await using f = fixture()
      const unknown = {code: 'ERR_SNAPSHOT_UNKNOWN'}
      await expect(f.snapshots.mounts('web')).rejects.toMatchObject(unknown)
      await expect(f.snapshots.stat('web')).rejects.toMatchObject(unknown)
      await expect(f.snapshots.remove('web')).rejects.toMatchObject(unknown)
      await expect(f.snapshots.commit(layer('1'), 'web')).rejects.toMatchObject(unknown)
      expect(() => f.snapshots.upperPath('web')).toThrow(expect.objectContaining(unknown))
      expect(await f.snapshots.list()).toEqual([])
    })

    test.each([
      '',
      '../x',
      'a/b',
      '.',
      '..',
      '.hidden',
      'rm-1',
      `sha256-${'1'.repeat(64)}`,
      'sha256:12',
      'a\0b',
      'x'.repeat(200),
    ])('refuses the key %j', async (key) => {
      await using f = fixture()
      await expect(f.snapshots.prepare(key)).rejects.toMatchObject({code: 'ERR_INVALID_ARG'})
    })

    test('only an active snapshot is committed, a committed one has no mounts', async () => {
      await using f = fixture()
      await f.commit(layer('1'), undefined, {})
      await expect(f.snapshots.commit(layer('2'), layer('1'))).rejects.toMatchObject({code: 'ERR_SNAPSHOT_STATE'})
      await expect(f.snapshots.mounts(layer('1'))).rejects.toMatchObject({code: 'ERR_SNAPSHOT_STATE'})
    })

    test('one prepared on nothing can be committed on a parent', async () => {
      await using f = fixture()
      await f.commit(layer('1'), undefined, {a: 'one'})
      if (f.snapshots.whiteouts === 'applied') return expect(f.snapshots.lowerPaths(layer('1'))).toEqual([])
      await f.snapshots.prepare('new-2')
      writeFileSync(join(f.snapshots.upperPath('new-2'), 'b'), 'two')
      await f.snapshots.commit(layer('2'), 'new-2', layer('1'))
      await f.snapshots.prepare('web', layer('2'))
      expect(readdirSync(await f.mount('web')).sort()).toEqual(['a', 'b'])
      expect((await f.snapshots.stat(layer('2'))).parent).toBe(layer('1'))
    })

    test('a parent stays while it has children', async () => {
      await using f = fixture()
      await f.commit(layer('1'), undefined, {})
      await f.commit(layer('2'), layer('1'), {})
      await f.snapshots.prepare('web', layer('2'))
      const busy = {code: 'ERR_SNAPSHOT_HAS_CHILDREN'}
      await expect(f.snapshots.remove(layer('1'))).rejects.toMatchObject(busy)
      await expect(f.snapshots.remove(layer('2'))).rejects.toMatchObject(busy)
      for (const key of ['web', layer('2'), layer('1')]) await f.snapshots.remove(key)
      expect(await f.snapshots.list()).toEqual([])
    })

    test('list tells every snapshot with its parent and kind', async () => {
      await using f = fixture()
      await f.commit(layer('1'), undefined, {})
      await f.snapshots.prepare('web', layer('1'))
      await f.snapshots.view('look', layer('1'))
      await f.snapshots.prepare('new-unseen', layer('1'))
      const listed = (await f.snapshots.list()).map(({key, kind, parent}) => ({key, kind, parent}))
      expect(listed.sort((a, b) => a.key.localeCompare(b.key))).toEqual([
        {key: 'look', kind: 'view', parent: layer('1')},
        {key: layer('1'), kind: 'committed', parent: undefined},
        {key: 'web', kind: 'active', parent: layer('1')},
      ])
      expect(Date.parse((await f.snapshots.stat('web')).createdAt)).toBeGreaterThan(Date.now() - 60_000)
    })

    test('records lie beside the content and go with it', async () => {
      await using f = fixture()
      await f.snapshots.prepare('new-1')
      writeFileSync(join(f.snapshots.recordPath('new-1'), 'layer.json'), '{}')
      await f.snapshots.commit(layer('1'), 'new-1')
      const path = join(f.snapshots.recordPath(layer('1')), 'layer.json')
      expect(existsSync(path)).toBe(true)
      await f.snapshots.prepare('web', layer('1'))
      expect(readdirSync(await f.mount('web'))).toEqual([])
      unmount(join(f.directory, 'mnt-0'))
      await f.snapshots.remove('web')
      await f.snapshots.remove(layer('1'))
      expect(existsSync(path)).toBe(false)
    })

    test('sweep leaves what a live process makes, and everything that is whole', async () => {
      await using f = fixture()
      await f.commit(layer('1'), undefined, {a: 'one'})
      await f.snapshots.prepare('new-mine', layer('1'))
      await f.snapshots.prepare('web', layer('1'))
      await open(f.root).sweep()
      expect(existsSync(f.snapshots.upperPath('new-mine'))).toBe(true)
      expect(readdirSync(await f.mount('web'))).toEqual(['a'])
    })

    test('sweep removes what a dead process left, and its parent is free', async () => {
      await using f = fixture()
      await f.commit(layer('1'), undefined, {a: 'one'})
      const script = join(import.meta.dirname, '..', 'storage', 'fixtures', 'prepare-and-die.ts')
      expect(() =>
        execFileSync(process.execPath, [script, name, f.root, 'new-dead', layer('1')], {stdio: 'pipe'}),
      ).toThrow()
      const left = readdirSync(join(f.root, 'active')).filter((entry) => entry.startsWith('new-'))
      expect(left).toEqual(['new-dead'])
      mkdirSync(join(f.root, 'committed', 'rm-0123'))
      await f.snapshots.sweep()
      expect(readdirSync(join(f.root, 'active'))).toEqual([])
      expect(readdirSync(join(f.root, 'committed')).some((entry) => entry.startsWith('rm-'))).toBe(false)
      await f.snapshots.remove(layer('1'))
    })

    test('of many who make one name, one does', async () => {
      await using f = fixture()
      const others = Array.from({length: 8}, () => open(f.root))
      const results = await Promise.allSettled(others.map((snapshots) => snapshots.prepare('web')))
      expect(results.filter(({status}) => status === 'fulfilled')).toHaveLength(1)
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toMatchObject({code: 'ERR_SNAPSHOT_EXISTS'})
      expect(readdirSync(join(f.root, 'active'))).toEqual(['web'])
    })

    test('a hundred and twenty layers are mounted', {timeout: 60_000}, async () => {
      await using f = fixture()
      let parent: string | undefined
      for (let index = 0; index < 120; index++) {
        const name = `sha256:${index.toString(16).padStart(64, '0')}`
        await f.commit(name, parent, {[`f${index}`]: ''})
        parent = name
      }
      await f.snapshots.prepare('web', parent)
      expect(readdirSync(await f.mount('web'))).toHaveLength(120)
    })
  })
}
