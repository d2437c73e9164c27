import {execFileSync} from 'node:child_process'
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {Spec} from '../../src/oci/types/runtime-spec.ts'
import {outputOf, runCommand} from '../helpers/command.ts'
import {noLeaks, skipReason, VmHarness} from './vm-harness.ts'

describe.skipIf(skipReason !== undefined)(`pod${skipReason ? ` (${skipReason})` : ''}`, () => {
  let vm: VmHarness
  let sandbox = ''

  const member = (change: (spec: Spec) => void = () => {}) => ({
    args: ['sh', '-c', 'while :; do sleep 0.2; done'],
    change: (spec: Spec) => {
      spec.annotations = {'io.kubernetes.cri.container-type': 'container', 'io.kubernetes.cri.sandbox-id': sandbox}
      change(spec)
    },
  })

  beforeAll(async () => {
    vm = await VmHarness.open()
    const created = await vm.create({
      args: ['sleep', '100000'],
      change: (spec) => {
        spec.annotations = {'io.kubernetes.cri.container-type': 'sandbox'}
      },
    })
    sandbox = created.id
    await vm.ok('start', sandbox)
  })

  afterAll(async () => {
    await vm?.[Symbol.asyncDispose]()
  })

  const total = async (id: string) => Number(/MemTotal: +(\d+)/.exec(await vm.exec(id, 'cat /proc/meminfo'))?.[1])

  it('shares one machine, which grows by what its containers may use', async () => {
    const before = await total(sandbox)
    const {id} = await vm.create(
      member((spec) => {
        if (spec.linux) spec.linux.resources = {memory: {limit: 200 << 20}, cpu: {quota: 100_000, period: 100_000}}
      }),
    )
    await vm.ok('start', id)
    const boot = 'cat /proc/sys/kernel/random/boot_id'
    expect(await vm.exec(id, boot)).toBe(await vm.exec(sandbox, boot))
    expect((await total(id)) - before).toBeGreaterThanOrEqual(200 * 1024)
    expect(await vm.exec(id, 'cat /sys/devices/system/cpu/online')).toBe('0-1')
    await vm.ok('delete', '--force', id)
    expect((await vm.state(sandbox)).status).toBe('running')
  })

  it("joins a namespace by a member's pid, and shares memory volumes", async () => {
    const shm = join(vm.directory, 'shm')
    mkdirSync(shm)
    await outputOf('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=1777', 'tmpfs', shm])
    const {pid} = await vm.state(sandbox)
    const join2 = (spec: Spec) => {
      for (const namespace of spec.linux?.namespaces ?? [])
        if (namespace.type === 'uts') namespace.path = `/proc/${pid}/ns/uts`
      spec.mounts = spec.mounts?.filter(({destination}) => destination !== '/dev/shm')
      spec.mounts?.push({destination: '/dev/shm', type: 'bind', source: shm, options: ['rbind', 'rw']})
      spec.hostname = undefined
    }
    const [one, two] = [await vm.create(member(join2)), await vm.create(member(join2))]
    await vm.ok('start', one.id)
    await vm.ok('start', two.id)
    expect(await vm.exec(one.id, 'hostname')).toBe('contract')
    await vm.exec(one.id, 'echo shared > /dev/shm/file')
    expect(await vm.exec(two.id, 'cat /dev/shm/file; stat -f -c %T /dev/shm')).toMatch(/^shared\ntmpfs/)
    for (const {id} of [one, two]) await vm.ok('delete', '--force', id)
    await outputOf('umount', [shm])
  })

  it.each([
    {kind: 'block device', options: [], after: 'changed'},
    {kind: 'block device that is read-only there', options: ['--read-only'], after: 'berth-d'},
  ])('gives a container a $kind of the host, and takes it away again', async ({options, after}) => {
    const image = join(vm.directory, 'disk.img')
    writeFileSync(image, Buffer.alloc(1 << 20, 'berth-disk\n'))
    const loop = await outputOf('losetup', [...options, '--find', '--show', image])
    try {
      const [major, minor] = (await outputOf('stat', ['-c', '%Hr %Lr', loop])).split(' ').map(Number)
      const {id} = await vm.create(
        member((spec) => {
          const device = {path: '/dev/given', type: 'b', major: major ?? 0, minor: minor ?? 0, fileMode: 0o600} as const
          if (spec.linux) spec.linux.devices = [device]
          if (spec.linux)
            spec.linux.resources = {
              devices: [
                {allow: false, access: 'rwm'},
                {allow: true, type: 'b', major, minor, access: 'rwm'},
              ],
            }
        }),
      )
      await vm.ok('start', id)
      expect(await vm.exec(id, 'head -c 11 /dev/given')).toBe('berth-disk')
      await vm.exec(id, 'printf changed | dd of=/dev/given conv=notrunc 2>/dev/null; sync')
      await vm.ok('delete', '--force', id)
      await outputOf('sync', [])
      expect(readFileSync(image, 'latin1').slice(0, 7)).toBe(after)
    } finally {
      await runCommand('losetup', ['-d', loop])
    }
  })

  it('has an image and a scratch disk for a root file system', async () => {
    const [image, scratch] = [join(vm.directory, 'image.erofs'), join(vm.directory, 'scratch.ext4')]
    await outputOf('mkfs.erofs', [image, join(vm.directory, 'rootfs')])
    const seed = join(vm.directory, 'scratch')
    mkdirSync(join(seed, 'upper'), {recursive: true})
    mkdirSync(join(seed, 'work'))
    execFileSync('truncate', ['-s', '64M', scratch])
    await outputOf('mkfs.ext4', ['-q', '-d', seed, scratch])
    const {id} = await vm.create(
      member((spec) => {
        spec.annotations = {
          ...spec.annotations,
          'io.berth.vm.rootfs.image': image,
          'io.berth.vm.rootfs.scratch': scratch,
        }
      }),
    )
    await vm.ok('start', id)
    await vm.exec(id, 'echo written > /etc/file; rm /bin/md5sum; grep " / " /proc/mounts')
    expect(await vm.exec(id, 'grep " / " /proc/mounts')).toMatch(/overlay/)
    await vm.ok('freeze', id)
    const frozen = join(vm.directory, 'frozen')
    mkdirSync(frozen)
    await outputOf('mount', ['-o', 'loop,ro,noload', scratch, frozen])
    expect(readFileSync(join(frozen, 'upper/etc/file'), 'utf8')).toBe('written\n')
    await outputOf('umount', [frozen])
    await vm.ok('thaw', id)
    await vm.exec(id, 'echo more > /etc/more')
    await vm.ok('delete', '--force', id)
    const mounted = join(vm.directory, 'look')
    mkdirSync(mounted)
    await outputOf('mount', ['-o', 'loop,ro', scratch, mounted])
    expect(readFileSync(join(mounted, 'upper/etc/file'), 'utf8')).toBe('written\n')
    expect(await outputOf('stat', ['-c', '%F', join(mounted, 'upper/bin/md5sum')])).toBe('character special file')
    await outputOf('umount', [mounted])
  })

  it('lets its sandbox go last, unless by force, and leaves nothing', async () => {
    const {id} = await vm.create(member())
    await vm.ok('start', id)
    await vm.ok('kill', sandbox, 'KILL')
    await vm.hasStatus(sandbox, 'stopped')
    expect((await vm.call(['delete', sandbox])).stderr).toMatch(/still has container/)
    expect((await vm.state(id)).status).toBe('running')
    await vm.ok('delete', '--force', sandbox)
    await vm.hasStatus(id, 'stopped')
    await vm.ok('delete', id)
    expect(vm.leaks()).toEqual(noLeaks)
  })

  it('is refused for a sandbox that is not there', async () => {
    await expect(vm.create(member())).rejects.toThrow(/does not exist/)
    expect(vm.leaks()).toEqual(noLeaks)
  })
})
