import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {unmount} from '../../../src/host/index.ts'
import {openOverlay} from '../../../storage/drivers/overlay.ts'
import {mountOn} from '../../../storage/mount-instructions.ts'
import {describeSnapshotter} from '../../contracts/snapshotter.ts'

describeSnapshotter('overlay', (root) => openOverlay(root))

test('a hundred and twenty layers are mounted also from a directory with a long path', {timeout: 60_000}, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-overlay-'))
  const target = join(directory, 'merged')
  try {
    const snapshots = openOverlay(join(directory, 'long'.repeat(30)))
    let parent: string | undefined
    for (let index = 0; index < 120; index++) {
      const name = `sha256:${index.toString(16).padStart(64, '0')}`
      await snapshots.prepare('new-layer', parent)
      writeFileSync(join(snapshots.upperPath('new-layer'), `f${index}`), '')
      await snapshots.commit(name, 'new-layer')
      parent = name
    }
    const instructions = await snapshots.prepare('web', parent)
    expect(instructions[0]?.options.join(',').length).toBeGreaterThan(4096)
    mkdirSync(target)
    await mountOn(target, instructions)
    expect(readdirSync(target)).toHaveLength(120)
    writeFileSync(join(target, 'new'), '')
    expect(readdirSync(snapshots.upperPath('web'))).toEqual(['new'])
  } finally {
    unmount(target)
    rmSync(directory, {recursive: true, force: true})
  }
})

test.each(['a,b', 'a:b', 'a\\b'])('refuses the root directory %j, which overlay options cannot name', (name) => {
  expect(() => openOverlay(join('/tmp', name))).toThrow(expect.objectContaining({code: 'ERR_INVALID_ARG'}))
})

test('on ext4, each layer gets a part of the disk of its own', async ({skip}) => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-overlay-'))
  try {
    if (execFileSync('stat', ['-f', '-c', '%T', directory], {encoding: 'utf8'}).trim() !== 'ext2/ext3') skip()
    const snapshots = openOverlay(join(directory, 'root'))
    await snapshots.prepare('new-layer')
    expect(flagsOf(snapshots.recordPath('new-layer'))).toContain('T')
    expect(flagsOf(snapshots.upperPath('new-layer'))).not.toContain('T')
    await snapshots.prepare('container')
    expect(flagsOf(snapshots.recordPath('container'))).not.toContain('T')
  } finally {
    rmSync(directory, {recursive: true, force: true})
  }
})

function flagsOf(path: string): string {
  return execFileSync('lsattr', ['-d', path], {encoding: 'utf8'}).split(' ')[0] ?? ''
}
