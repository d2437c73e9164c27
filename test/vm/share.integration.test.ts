import {type ChildProcess, execFileSync, spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
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
    const single = join(vm.directory, 'single')
    writeFileSync(single, '')
    const tree = join(vm.directory, 'tree')
    below = join(tree, 'below')
    mkdirSync(below, {recursive: true})
    execFileSync('mount', ['-t', 'tmpfs', 'below', below])
    const created = await vm.create({
      args: ['sleep', '100000'],
      change: (spec) =>
        spec.mounts?.push(
          {destination: '/mnt', type: 'bind', source: volume, options: ['rbind', 'rw']},
          {destination: '/etc/single', type: 'bind', source: single, options: ['bind', 'rw']},
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

  describe('at once', () => {
    let dialogue: Dialogue
    const turns = Array.from({length: 60}, (_, turn) => String(turn).padStart(8, '0'))

    afterEach(() => dialogue?.close())

    it('what the host has just written, also when the guest has read it a moment ago', async () => {
      writeFileSync(host('value'), 'at first')
      dialogue = new Dialogue(vm, id, 'while read line; do cat /mnt/value; echo; done')
      for (const turn of turns) {
        writeFileSync(host('value'), turn)
        expect(await dialogue.answerTo('read')).toBe(turn)
      }
    })

    it('what was put into its place, what went, and what came', async () => {
      writeFileSync(host('name'), 'at first')
      dialogue = new Dialogue(vm, id, 'while read line; do cat /mnt/name || echo gone; done 2> /dev/null')
      for (const turn of turns) {
        writeFileSync(host('aside'), `${turn}\n`)
        renameSync(host('aside'), host('name'))
        expect(await dialogue.answerTo('read')).toBe(turn)
        rmSync(host('name'))
        expect(await dialogue.answerTo('read')).toBe('gone')
      }
    })

    it('what the host adds to a file that the guest has open', async () => {
      writeFileSync(host('log'), '')
      dialogue = new Dialogue(vm, id, 'exec 3< /mnt/log; while read line; do read -r added <&3; echo "$added"; done')
      for (const turn of turns) {
        appendFileSync(host('log'), `${turn}\n`)
        expect(await dialogue.answerTo('read')).toBe(turn)
      }
    })

    it('a single file that was bound', async () => {
      dialogue = new Dialogue(vm, id, 'while read line; do cat /etc/single; echo; done')
      for (const turn of turns) {
        writeFileSync(join(vm.directory, 'single'), turn)
        expect(await dialogue.answerTo('read')).toBe(turn)
      }
    })

    it('what the guest has just written', async () => {
      dialogue = new Dialogue(vm, id, 'while read line; do echo "$line" > /mnt/answer; echo written; done')
      for (const turn of turns) {
        expect(await dialogue.answerTo(turn)).toBe('written')
        expect(readFileSync(host('answer'), 'utf8')).toBe(`${turn}\n`)
      }
    })

    it('what another machine with the same volume has just written', async () => {
      const other = await vm.create({
        args: ['sleep', '100000'],
        change: (spec) => spec.mounts?.push({destination: '/mnt', type: 'bind', source: volume, options: ['rbind']}),
      })
      await vm.ok('start', other.id)
      const writer = new Dialogue(vm, other.id, 'while read line; do echo "$line" > /mnt/between; echo written; done')
      try {
        dialogue = new Dialogue(vm, id, 'while read line; do cat /mnt/between; done')
        for (const turn of turns) {
          expect(await writer.answerTo(turn)).toBe('written')
          expect(await dialogue.answerTo('read')).toBe(turn)
        }
      } finally {
        await writer.close()
        await vm.ok('delete', '--force', other.id)
      }
    })
  })

  it('what the guest writes is on the host when its write returns', async () => {
    await vm.exec(id, 'echo of the guest > /mnt/back; printf xx | dd of=/mnt/back conv=notrunc 2>/dev/null')
    expect(readFileSync(host('back'), 'utf8')).toBe('xx the guest\n')
    await vm.exec(id, 'mv /mnt/back /mnt/moved; ln /mnt/moved /mnt/link; chown 12:34 /mnt/moved; chmod 600 /mnt/moved')
    expect(execFileSync('stat', ['-c', '%u:%g %a %h', host('link')]).toString()).toBe('12:34 600 2\n')
  })

  it('is read-only on the host where the guest may only read, with the mounts below', () => {
    const mounts = readFileSync(`/proc/${daemon(1)}/mountinfo`, 'utf8').matchAll(/^\S+ \S+ \S+ \S+ (\S+) (r[wo])/gm)
    const modes = [...mounts].map(([, path = '', mode]) => [/m[23](\/below)?$/.exec(path)?.[0], mode])
    expect(modes.filter(([path]) => path !== undefined).sort()).toEqual([
      ['m2', 'rw'],
      ['m2/below', 'rw'],
      ['m3', 'ro'],
      ['m3/below', 'ro'],
    ])
  })

  it('holds back nobody on the host who unmounts something in a volume and removes its place', async () => {
    await vm.exec(id, 'echo of the guest > /tree/below/file')
    expect(readFileSync(join(below, 'file'), 'utf8')).toBe('of the guest\n')
    execFileSync('umount', [below])
    rmdirSync(below)
    expect(await vm.exec(id, 'ls /tree')).toBe('')
  })

  it('what was read of the root file system stays in the guest until it changes', async () => {
    const large = join(vm.directory, 'rootfs/large')
    writeFileSync(large, Buffer.alloc(16 * MIB, 'large '))
    const read = async () => {
      const before = bytesServed()
      const sum = await vm.exec(id, 'md5sum < /large')
      return {sum, mebibytes: Math.round((bytesServed() - before) / MIB)}
    }
    const first = await read()
    expect(first.mebibytes).toBe(16)
    expect(await read()).toEqual({sum: first.sum, mebibytes: 0})
    writeFileSync(large, Buffer.alloc(16 * MIB, 'LARGE '))
    const changed = await read()
    expect(changed).toEqual({sum: expect.not.stringMatching(first.sum), mebibytes: 16})
  })

  /** What the daemon of root file systems has read, of files and of its socket. */
  function bytesServed(): number {
    return Number(/rchar: (\d+)/.exec(readFileSync(`/proc/${daemon(0)}/io`, 'utf8'))?.[1])
  }

  /** The child of a daemon, which does the work, in namespaces of its own: for root file systems, for volumes. */
  function daemon(server: 0 | 1): string {
    const {shareServers} = JSON.parse(readFileSync(join(vm.root, 'sandboxes', id, 'state.json'), 'utf8'))
    const {pid} = shareServers[server]
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0] ?? ''
  }

  it('nothing of it is left', async () => {
    await vm.ok('delete', '--force', id)
    expect(vm.leaks()).toEqual(noLeaks)
  })
})

/** A script in the guest that answers each line with a line: the way there and back takes a millisecond or two. */
class Dialogue {
  readonly #process: ChildProcess
  readonly #ended: Promise<unknown>
  readonly #answers: AsyncIterator<string>

  constructor(vm: VmHarness, id: string, script: string) {
    const words = ['--root', vm.root, 'exec', id, 'sh', '-c', script]
    this.#process = spawn(vm.program, words, {stdio: ['pipe', 'pipe', 'inherit']})
    this.#ended = once(this.#process, 'exit')
    if (!this.#process.stdout) throw new Error('no stdout')
    this.#answers = createInterface({input: this.#process.stdout})[Symbol.asyncIterator]()
  }

  async answerTo(line: string): Promise<string> {
    this.#process.stdin?.write(`${line}\n`)
    const {done, value} = await this.#answers.next()
    if (done) throw new Error('the script ended')
    return value
  }

  async close(): Promise<void> {
    this.#process.stdin?.end()
    await this.#ended
  }
}
