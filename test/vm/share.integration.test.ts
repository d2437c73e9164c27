import {execFileSync, spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {noLeaks, skipReason, VmHarness} from './vm-harness.ts'

const skip = skipReason ?? (existsSync('/usr/lib/qemu/virtiofsd') ? undefined : 'needs virtiofsd')
const MIB = 2 ** 20

describe.skipIf(skip !== undefined)(`files that host and guest share${skip ? ` (${skip})` : ''}`, () => {
  let vm: VmHarness
  let id = ''
  let volume = ''
  let below = ''

  beforeAll(async () => {
    vm = await VmHarness.open()
    volume = join(vm.directory, 'volume')
    mkdirSync(volume)
    const tree = join(vm.directory, 'tree')
    below = join(tree, 'below')
    mkdirSync(below, {recursive: true})
    execFileSync('mount', ['-t', 'tmpfs', 'below', below])
    const created = await vm.create({
      args: ['sleep', '100000'],
      change: (spec) =>
        spec.mounts?.push(
          {destination: '/mnt', type: 'bind', source: volume, options: ['rbind', 'rw']},
          {destination: '/tree', type: 'bind', source: tree, options: ['rbind', 'rw']},
          {destination: '/read', type: 'bind', source: tree, options: ['rbind', 'ro']},
        ),
    })
    id = created.id
    await vm.ok('start', id)
  })
  afterAll(async () => {
    spawnSync('umount', [below])
    await vm?.[Symbol.asyncDispose]()
  })

  const host = (name: string) => join(volume, name)

  it('what the host writes, the guest sees, also where it has just read', async () => {
    writeFileSync(host('file'), 'first')
    expect(await vm.exec(id, 'cat /mnt/file')).toBe('first')
    writeFileSync(host('file'), 'other')
    expect(await vm.exec(id, 'cat /mnt/file')).toBe('other')
    writeFileSync(host('aside'), 'third')
    renameSync(host('aside'), host('file'))
    expect(await vm.exec(id, 'cat /mnt/file; ls /mnt')).toBe('thirdfile')
    rmSync(host('file'))
    expect(await vm.exec(id, 'cat /mnt/file 2>&1; ls /mnt')).toMatch(/No such file or directory$/)
    writeFileSync(host('file'), 'again')
    expect(await vm.exec(id, 'cat /mnt/file')).toBe('again')
  })

  it('a program of the guest that looks again and again sees it as soon', async () => {
    writeFileSync(host('signal'), 'no')
    const seen = vm.exec(id, 'while [ "$(cat /mnt/signal)" = no ]; do touch /mnt/looked; done; cat /mnt/signal')
    while (!hasBeenLookedAt()) await new Promise((resolve) => setTimeout(resolve, 20))
    writeFileSync(host('signal'), 'ok')
    expect(await seen).toBe('ok')
  })

  function hasBeenLookedAt(): boolean {
    try {
      readFileSync(host('looked'))
      return true
    } catch {
      return false
    }
  }

  it('what the guest writes is on the host when its write returns', async () => {
    await vm.exec(id, 'echo of the guest > /mnt/back; printf xx | dd of=/mnt/back conv=notrunc 2>/dev/null')
    expect(readFileSync(host('back'), 'utf8')).toBe('xx the guest\n')
    await vm.exec(id, 'mv /mnt/back /mnt/moved; ln /mnt/moved /mnt/link; chown 12:34 /mnt/moved; chmod 600 /mnt/moved')
    expect(execFileSync('stat', ['-c', '%u:%g %a %h', host('link')]).toString()).toBe('12:34 600 2\n')
  })

  it('is read-only on the host where the guest may only read, with the mounts below', () => {
    const mounts = readFileSync(`/proc/${daemon()}/mountinfo`, 'utf8').matchAll(/^\S+ \S+ \S+ \S+ (\S+) (r[wo])/gm)
    const modes = [...mounts].map(([, path = '', mode]) => [/m[12](\/below)?$/.exec(path)?.[0], mode])
    expect(modes.filter(([path]) => path !== undefined).sort()).toEqual([
      ['m1', 'rw'],
      ['m1/below', 'rw'],
      ['m2', 'ro'],
      ['m2/below', 'ro'],
    ])
  })

  it('holds back nobody on the host who unmounts something in a volume and removes its place', async () => {
    await vm.exec(id, 'echo of the guest > /tree/below/file')
    expect(readFileSync(join(below, 'file'), 'utf8')).toBe('of the guest\n')
    execFileSync('umount', [below])
    rmdirSync(below)
    expect(await vm.exec(id, 'ls /tree')).toBe('')
  })

  it('what was read stays in the guest until it changes', async () => {
    writeFileSync(host('large'), Buffer.alloc(16 * MIB, 'large '))
    const read = async () => {
      const before = bytesServed()
      const sum = await vm.exec(id, 'md5sum < /mnt/large')
      return {sum, mebibytes: Math.round((bytesServed() - before) / MIB)}
    }
    const first = await read()
    expect(first.mebibytes).toBe(16)
    expect(await read()).toEqual({sum: first.sum, mebibytes: 0})
    writeFileSync(host('large'), Buffer.alloc(16 * MIB, 'LARGE '))
    const changed = await read()
    expect(changed).toEqual({sum: expect.not.stringMatching(first.sum), mebibytes: 16})
  })

  /** What the daemon of the share has read, of files and of its socket. */
  function bytesServed(): number {
    return Number(/rchar: (\d+)/.exec(readFileSync(`/proc/${daemon()}/io`, 'utf8'))?.[1])
  }

  /** The daemon's child, which does the work, in namespaces of its own. */
  function daemon(): string {
    const {virtiofsd} = JSON.parse(readFileSync(join(vm.root, 'sandboxes', id, 'state.json'), 'utf8'))
    return readFileSync(`/proc/${virtiofsd.pid}/task/${virtiofsd.pid}/children`, 'utf8').trim().split(' ')[0] ?? ''
  }

  it('nothing of it is left', async () => {
    await vm.ok('delete', '--force', id)
    expect(vm.leaks()).toEqual(noLeaks)
  })
})
