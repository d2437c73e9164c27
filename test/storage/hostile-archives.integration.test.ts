import {execFileSync} from 'node:child_process'
import {mkdirSync, readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {buffer} from 'node:stream/consumers'
import {describe, expect, test} from 'vitest'
import type {LayerRecord} from '../../storage/index.ts'
import {hostileArchives} from './hostile-archives.ts'
import {drivers, LayerFixture} from './layer-fixture.ts'
import {forge} from './tar-forge.ts'

/** Small, so that the bombs of the corpus are quick. */
const limits = {maxBytes: 1 << 30, maxExpansion: 50, expansionFloorBytes: 8 << 20}

/** Everything in a directory with mode, owner, size and time of change: what must not differ afterwards. */
function fingerprint(directory: string, without: readonly string[]): string {
  const skipped = without.flatMap((path) => ['-path', path, '-prune', '-o'])
  return execFileSync('find', [directory, ...skipped, '-printf', '%p %y %#m %U:%G %s %l %T@ %C@\\n'], {
    encoding: 'latin1',
  })
}

function treeOf(root: string): string[] {
  const script = `
import os, stat, sys
for at, directories, files in os.walk(os.fsencode(sys.argv[1])):
  for name in directories + files:
    path = os.path.join(at, name)
    st = os.lstat(path)
    kind = "l" if stat.S_ISLNK(st.st_mode) else "d" if stat.S_ISDIR(st.st_mode) else "f" if stat.S_ISREG(st.st_mode) else "?"
    line = ("%s %04o " % (kind, st.st_mode & 0o7777)).encode() + os.path.relpath(path, os.fsencode(sys.argv[1]))
    if kind == "f": line += b" = " + open(path, "rb").read()
    if kind == "l": line += b" > " + os.readlink(path)
    sys.stdout.buffer.write(line + b"\\0")`
  const out = execFileSync('python3', ['-c', script, root], {encoding: 'latin1'})
  return out.split('\0').filter(Boolean).sort()
}

test('the corpus is as large as promised, and every case has its outcome', () => {
  expect(hostileArchives.length).toBeGreaterThanOrEqual(40)
  expect(new Set(hostileArchives.map(({name}) => name)).size).toBe(hostileArchives.length)
  for (const {name, refused, tree} of hostileArchives)
    expect([name, refused === undefined]).toEqual([name, tree !== undefined])
})

describe.each(drivers)('hostile archives on %s', (driver) => {
  test.each(hostileArchives)('$name', async ({archive, base, refused, tree}) => {
    await using f = await LayerFixture.open(driver, limits)
    // a layer lies some levels deep: what climbs a little lands here
    for (const directory of [f.directory, join(f.directory, 'root'), f.root]) {
      mkdirSync(directory, {recursive: true})
      writeFileSync(join(directory, 'outside'), 'untouched')
    }
    const parent = base && (await f.apply(base()))
    // makes the store's own directories
    await f.store.remove((await f.apply(forge({name: 'first'}))).chainID)
    const own = ['committed', 'active', 'view', 'l', 'lock'].map((name) => join(f.root, name))
    const before = fingerprint(f.directory, [...own, join(f.directory, 'run')])
    const layers = f.store.list()

    const outcome = await f.apply(archive(), parent).catch((error: unknown) => error)

    expect(fingerprint(f.directory, [...own, join(f.directory, 'run')])).toBe(before)
    expect(readdirSync(join(f.root, 'active'))).toEqual([])
    if (refused) {
      expect(outcome).toMatchObject({name: 'EngineError', code: refused})
      expect(f.store.list()).toEqual(layers)
    } else {
      const layer = outcome as LayerRecord
      expect(layer).toMatchObject({parent: parent?.chainID})
      await f.store.createContainerLayer('web', layer.chainID)
      expect(treeOf(await f.store.mountContainerLayer('web'))).toEqual([...(tree ?? [])].sort())
      await expect(buffer(f.store.tar(layer.chainID))).resolves.toHaveLength(layer.sizeBytes)
    }
    expect(await f.store.verify({deep: true})).toEqual([])
  })
})
