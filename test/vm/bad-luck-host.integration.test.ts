import {execFileSync, spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdirSync, readFileSync, rmSync, statfsSync, truncateSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {installRoot} from '../../src/host/index.ts'
import type {Spec} from '../../src/oci/types/runtime-spec.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {waitUntil} from '../helpers/wait-until.ts'
import {noLeaks, skipReason, VmHarness} from './vm-harness.ts'

const skip = skipReason ?? missingPrerequisite('program:mkfs.erofs', 'program:mkfs.ext4')
const rounds = Number(process.env.BERTH_CRASH_ROUNDS ?? 6)

describe.skipIf(skip !== undefined)(`bad luck on the host${skip ? ` (${skip})` : ''}`, () => {
  let vm: VmHarness
  beforeAll(async () => {
    vm = await VmHarness.open()
  })
  afterAll(async () => {
    await vm?.[Symbol.asyncDispose]()
  })
  const sleeper = {args: ['sh', '-c', 'echo up; while :; do sleep 0.2; done']}
  const oneLine = /^berth-vm: [^\n]+\n$/

  /** The directory for state on a file system of its own, full but for `freeKiB`. */
  async function onFullDisk(freeKiB: number, work: () => Promise<void>): Promise<void> {
    const mib = 4
    const filler = join(vm.root, 'filler')
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', vm.root])
    try {
      writeFileSync(filler, Buffer.alloc((mib * 1024 - freeKiB) * 1024))
      await work()
      rmSync(filler, {force: true})
      expect(vm.leaks()).toEqual({...noLeaks, mounts: [vm.root]})
    } finally {
      execFileSync('umount', ['-l', vm.root])
    }
  }

  it.each([0, 4, 8, 12, 16, 20])('a disk for state with %d KiB left fails a create in one line', async (freeKiB) => {
    await onFullDisk(freeKiB, async () => {
      const id = vm.newID()
      const bundle = vm.bundle(sleeper)
      const created = await vm.createIn(bundle, id)
      const words = readFileSync(join(bundle, 'err'), 'utf8')
      expect([created.exitCode, words]).toEqual([1, expect.stringMatching(oneLine)])
      expect(words).toMatch(/no space left on device/)
      await vm.ok('delete', '--force', id)
    })
  })

  it('a disk that fills while a container runs keeps nobody from removing it', async () => {
    await onFullDisk(3000, async () => {
      const {id} = await vm.create(sleeper)
      await vm.ok('start', id)
      const {bavail, bsize} = statfsSync(vm.root)
      writeFileSync(join(vm.root, 'filler'), Buffer.alloc(bavail * bsize), {flag: 'a'})
      expect(statfsSync(vm.root).bavail).toBe(0)
      expect(await vm.exec(id, 'echo still there')).toBe('still there')
      await vm.ok('delete', '--force', id)
    })
  })

  it('a delete --force during a create wins', async () => {
    const id = vm.newID()
    const creating = vm.createIn(vm.bundle(sleeper), id)
    while (!existsSync(join(vm.root, 'sandboxes', id, 'qemu.log'))) await sleep(10)
    await vm.ok('delete', '--force', id)
    await creating
    expect((await vm.call(['state', id])).stderr).toMatch(/does not exist/)
    expect(vm.leaks()).toEqual(noLeaks)
  })

  it('an initramfs that was cut off is reported', async () => {
    const path = join(vm.directory, 'cut.cpio')
    execFileSync('cp', [join(process.env.BERTH_VM_GUEST ?? join(installRoot(), 'guest/build'), 'initramfs.cpio'), path])
    truncateSync(path, 100_000)
    const config = join(vm.directory, 'cut.toml')
    writeFileSync(config, `[vm]\ninitramfs = "${path}"\n`)
    await expect(vm.create(sleeper, ['--config', config])).rejects.toThrow(/Kernel panic.*did not start/s)
    expect(vm.leaks()).toEqual(noLeaks)
  })

  const disks = (image: string, scratch: string) => (spec: Spec) => {
    spec.annotations = {'io.berth.vm.rootfs.image': image, 'io.berth.vm.rootfs.scratch': scratch}
  }

  it('an image that is none is reported; a full upper layer is the problem of its container alone', async () => {
    const [image, scratch] = [join(vm.directory, 'image.erofs'), join(vm.directory, 'scratch.ext4')]
    writeFileSync(scratch, '')
    truncateSync(scratch, 16 * 1024 * 1024)
    const top = join(vm.directory, 'top')
    mkdirSync(join(top, 'upper'), {recursive: true})
    mkdirSync(join(top, 'work'))
    execFileSync('mkfs.ext4', ['-q', '-d', top, scratch], {stdio: 'ignore'})
    writeFileSync(image, Buffer.alloc(1024 * 1024, 'garbage '))
    const failure = await vm.create({change: disks(image, scratch)}).then(
      () => 'created',
      (error: Error) => error.message,
    )
    expect(failure).toMatch(oneLine)
    expect(failure).toMatch(/erofs/)
    expect(vm.leaks()).toEqual(noLeaks)

    rmSync(image)
    execFileSync('mkfs.erofs', ['--quiet', image, join(vm.directory, 'rootfs')], {stdio: 'ignore'})
    const script =
      'dd if=/dev/zero of=/mnt/big bs=1M count=64; echo "dd: $?"; rm /mnt/big; echo ok > /mnt/small && cat /mnt/small'
    const {id, output} = await vm.create({args: ['sh', '-c', script], change: disks(image, scratch)})
    await vm.ok('start', id)
    await vm.hasStatus(id, 'stopped')
    expect(output()).toBe('dd: 1\nok\n')
    await vm.ok('delete', id)
    expect(vm.leaks()).toEqual(noLeaks)
  })

  it("a full disk below a shared root file system is its container's problem, which hears of it at once", async () => {
    const small = join(vm.directory, 'small')
    mkdirSync(small)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', small])
    try {
      execFileSync('cp', ['-a', join(vm.directory, 'rootfs'), small])
      const script =
        'dd if=/dev/zero of=/mnt/big bs=64k count=256; echo "dd: $?"; rm /mnt/big; echo ok > /mnt/small && cat /mnt/small'
      const change = (spec: Spec) => {
        spec.root = {path: join(small, 'rootfs')}
      }
      const {id, output} = await vm.create({args: ['sh', '-c', script], change})
      await vm.ok('start', id)
      await vm.hasStatus(id, 'stopped')
      expect(output()).toBe('dd: 1\nok\n')
      await vm.ok('delete', '--force', id)
      expect(vm.leaks()).toEqual(noLeaks)
    } finally {
      execFileSync('umount', ['-l', small])
    }
  })

  it('a bundle that changes or goes after create does not matter to what runs', async () => {
    const {id, bundle, output} = await vm.create(sleeper)
    writeFileSync(join(bundle, 'config.json'), '{"ociVersion": "9", "process": {"args": ["false"]')
    await vm.ok('start', id)
    const process = join(vm.directory, 'process.json')
    writeFileSync(process, JSON.stringify({args: ['/bin/echo', 'yes'], cwd: '/', user: {uid: 0, gid: 0}}))
    expect(await vm.ok('exec', '--process', process, id)).toBe('yes')
    // Without a process of its own, exec takes the bundle's as a model, as runc does.
    expect(await vm.call(['exec', id, 'true'])).toMatchObject({exitCode: 255, stderr: expect.stringMatching(oneLine)})
    await waitUntil('its output', () => output() === 'up\n')
    rmSync(bundle, {recursive: true})
    expect((await vm.state(id)).status).toBe('running')
    expect(await vm.ok('exec', '--process', process, id)).toBe('yes')
    await vm.ok('delete', '--force', id)
    expect(vm.leaks()).toEqual(noLeaks)
    const second = vm.bundle(sleeper)
    writeFileSync(join(second, 'config.json'), '{')
    const refused = await vm.createIn(second, vm.newID())
    expect([refused.exitCode, readFileSync(join(second, 'err'), 'utf8')]).toEqual([1, expect.stringMatching(oneLine)])
    expect(vm.leaks()).toEqual(noLeaks)
  })

  it(`a create that is killed at any moment leaves what delete --force removes (${rounds} times)`, async () => {
    let killed = 0
    for (let round = 0; round < rounds; round++) {
      const id = vm.newID()
      const child = spawn(vm.program, ['--root', vm.root, 'create', '--bundle', vm.bundle(sleeper), id], {
        stdio: 'ignore',
      })
      const ended = once(child, 'exit')
      // Most of what a create makes on the host is made before the guest has booted.
      const moment = round % 2 === 0 ? 900 * Math.random() : 8000 * Math.random()
      await Promise.race([ended, sleep(moment)])
      if (child.kill('SIGKILL')) killed++
      await ended
      await vm.ok('delete', '--force', id)
      expect(vm.leaks(), `killed after ${moment.toFixed(0)} ms`).toEqual(noLeaks)
    }
    expect(killed).toBeGreaterThan(0)
  }, 600_000)
})
