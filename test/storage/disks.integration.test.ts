import {execFileSync, spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {Readable} from 'node:stream'
import {buffer} from 'node:stream/consumers'
import {describe, expect, test} from 'vitest'
import {mountPointsBelow, unmount} from '../../src/host/index.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {describeTree, drivers, LayerFixture, shell} from './layer-fixture.ts'

const missing = missingPrerequisite('root', 'program:mkfs.erofs', 'program:mkfs.ext4')

/** Mounts an image where a guest would see it. */
function mountImage(f: LayerFixture, type: string, path: string): string {
  const target = f.mkdir(`guest-${type}`)
  execFileSync('mount', ['-t', type, '-o', type === 'erofs' ? 'loop,ro' : 'loop', path, target])
  return target
}

const mountable = (type: string) => readFileSync('/proc/filesystems', 'utf8').includes(`\t${type}\n`)

describe.skipIf(missing)(`disks for VMs${missing ? ` (${missing})` : ''}`, () => {
  describe.each(drivers)('block image on %s', (driver) => {
    test('holds the merged tree of a layer and its parents', async ({skip}) => {
      await using f = await LayerFixture.open(driver)
      const base = await f.apply(
        f.tarOf(`mkdir -p d/gone; echo 1 > d/f; ln d/f d/g; mknod null c 1 3; chmod 4755 d/f; chown 5:6 d; setcap cap_net_raw+ep d/f; ln -s /d l; touch d/gone/x
          python3 -c "import os;os.setxattr('d/f','user.k',bytes([0,255]))"`),
      )
      const top = await f.apply(f.tarOf('mkdir d; touch d/.wh.gone; echo 2 > new'), base)
      const image = await f.store.blockImage(top.chainID)
      expect(image).toMatchObject({filesystem: 'erofs', sizeBytes: statSync(image.path).size})
      expect(await f.store.blockImage(top.chainID)).toEqual(image)
      expect(mountPointsBelow(f.directory)).toEqual([])
      const tree = describeTree(await f.store.mountLayer(top.chainID))
      expect(tree).toContain('new')
      expect(tree).not.toContain('gone')
      if (mountable('erofs')) expect(describeTree(mountImage(f, 'erofs', image.path))).toBe(tree)
      else {
        expect(execFileSync('fsck.erofs', [image.path], {encoding: 'utf8'})).toContain('No errors found')
        skip('this kernel has no erofs: only checked, not compared')
      }
    })

    test('is made once by many, and goes with its layer', async () => {
      await using f = await LayerFixture.open(driver)
      const layer = await f.apply(f.tarOf('for i in $(seq 100); do echo $i > f$i; done'))
      const stores = await Promise.all([1, 2, 3, 4].map(() => f.again()))
      const images = await Promise.all(stores.map((store) => store.blockImage(layer.chainID)))
      expect(new Set(images.map(({path}) => statSync(path).ino)).size).toBe(1)
      expect(readdirSync(join(images[0]?.path ?? '', '..')).filter((name) => name.startsWith('new-'))).toEqual([])
      await f.store.remove(layer.chainID)
      expect(existsSync(images[0]?.path ?? '')).toBe(false)
    })
  })

  describe('scratch disk', () => {
    /** A layer, a container on it, and its disk with what a guest wrote. */
    async function written(f: LayerFixture): Promise<string> {
      const layer = await f.apply(f.tarOf('mkdir d; echo 1 > d/f; echo 1 > gone; chmod 711 .'))
      await f.store.createContainerLayer('web', layer.chainID)
      const disk = await f.store.scratchDisk('web', {sizeBytes: 1 << 30})
      expect(disk).toMatchObject({filesystem: 'ext4', sizeBytes: 1 << 30})
      expect(statSync(disk.path).blocks * 512).toBeLessThan(64 << 20)
      const guest = mountImage(f, 'ext4', disk.path)
      expect(statSync(join(guest, 'upper')).mode & 0o777).toBe(0o711)
      shell('mkdir -p upper/d; echo 2 > upper/d/f; echo new > upper/new; mknod upper/gone c 0 0', guest)
      unmount(guest)
      return disk.path
    }

    test('what a guest wrote there is what diff, tar, usage and mounts see', async () => {
      await using f = await LayerFixture.open('overlay')
      await written(f)
      expect(await f.store.containerLayerDiff('web')).toEqual([
        {path: '/d', kind: 'changed'},
        {path: '/d/f', kind: 'changed'},
        {path: '/gone', kind: 'deleted'},
        {path: '/new', kind: 'added'},
      ])
      expect(await f.store.containerLayerBytes('web')).toBe('2\nnew\n'.length)
      const names = execFileSync('tar', ['-t'], {
        input: await buffer(await f.store.containerLayerTar('web')),
        encoding: 'utf8',
      })
      expect(names.trim().split('\n')).toEqual(['d/', 'd/f', '.wh.gone', 'new'])
      expect(mountPointsBelow(f.directory)).toEqual([])
      const merged = await f.store.mountContainerLayer('web')
      expect(shell('cat d/f new; ls', merged)).toBe('2\nnew\nd\nnew\n')
      writeFileSync(join(merged, 'host'), 'x')
      expect((await f.store.containerLayerDiff('web')).map(({path}) => path)).toContain('/host')
      await f.store.unmountContainerLayer('web')
      expect(mountPointsBelow(f.directory)).toEqual([])
      const layer = await f.store.commitContainerLayer('web')
      expect(shell('cat d/f new host', await f.store.mountLayer(layer.chainID))).toBe('2\nnew\nx')
      expect(await f.store.listContainerLayers()).toEqual([])
    })

    test('a reading that is given up leaves no mount', async () => {
      await using f = await LayerFixture.open('overlay')
      await written(f)
      const tar = await f.store.containerLayerTar('web')
      await once(tar, 'readable')
      tar.destroy()
      await once(tar, 'close')
      expect(mountPointsBelow(f.directory)).toEqual([])
    })

    test('it goes with the container', async () => {
      await using f = await LayerFixture.open('overlay')
      const path = await written(f)
      await f.store.mountContainerLayer('web')
      await f.store.removeContainerLayer('web')
      expect([existsSync(path), mountPointsBelow(f.directory)]).toEqual([false, []])
    })

    test.skipIf(missingPrerequisite('program:qemu-system-x86_64'))(
      'a guest that has it attached keeps the host out',
      async () => {
        await using f = await LayerFixture.open('overlay')
        const path = await written(f)
        const qemu = spawn('qemu-system-x86_64', [
          '-S',
          '-display',
          'none',
          '-nodefaults',
          '-machine',
          'none',
          '-monitor',
          'stdio',
          '-drive',
          `file=${path},format=raw,if=none,id=d`,
        ])
        try {
          await once(qemu.stdout, 'data')
          await expect(f.store.mountContainerLayer('web')).rejects.toMatchObject({code: 'ERR_SNAPSHOT_STATE'})
          // the file system was unmounted cleanly, as a frozen one looks
          expect(await f.store.containerLayerDiff('web')).toHaveLength(4)
          // one that is in use has its journal to be recovered
          const superblock = readFileSync(path).subarray(0, 2048)
          superblock.writeUInt32LE(superblock.readUInt32LE(1024 + 0x60) | 4, 1024 + 0x60)
          execFileSync('dd', ['conv=notrunc', 'status=none', `of=${path}`], {input: superblock})
          await expect(f.store.containerLayerDiff('web')).rejects.toMatchObject({code: 'ERR_SNAPSHOT_STATE'})
          await expect(buffer(await f.store.containerLayerTar('web'))).rejects.toMatchObject({
            code: 'ERR_SNAPSHOT_STATE',
          })
        } finally {
          qemu.kill('SIGKILL')
          await once(qemu, 'close')
        }
        expect(mountPointsBelow(f.directory)).toEqual([])
      },
    )

    test('the vfs driver has none', async () => {
      await using f = await LayerFixture.open('vfs')
      await f.store.createContainerLayer('web')
      await expect(f.store.scratchDisk('web')).rejects.toMatchObject({code: 'ERR_NOT_SUPPORTED'})
    })
  })

  test('a tar that a disk cannot take fails with an error, and leaves nothing', async () => {
    await using f = await LayerFixture.open('overlay')
    const image = join(f.directory, 'small.ext4')
    execFileSync('truncate', ['-s', '12M', image])
    execFileSync('mkfs.ext4', ['-q', '-F', image])
    const target = mountImage(f, 'ext4', image)
    const {openLayerStore} = await import('../../storage/index.ts')
    mkdirSync(join(target, 'store'))
    // the free space as a limit would refuse it earlier
    const store = await openLayerStore({
      root: join(target, 'store'),
      runRoot: join(f.directory, 'run2'),
      driver: 'overlay',
      limits: {maxBytes: 1 << 30},
    })
    const tar = f.tarOf('head -c 20M /dev/urandom > big')
    await expect(store.apply({source: Readable.from([tar])})).rejects.toMatchObject({code: 'ERR_IO'})
    expect([store.list(), readdirSync(join(target, 'store/overlay/active'))]).toEqual([[], []])
  })
})
