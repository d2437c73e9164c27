import {mkdirSync, rmSync, statfsSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {limitDirectory, unlimitDirectory} from '../../src/host/index.ts'
import {outputOf, runCommand} from '../helpers/command.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {temporaryDirectory} from '../helpers/temporary-directory.ts'

const MiB = 1024 * 1024
const filesystems = [
  ['xfs', ['mkfs.xfs', '-q']],
  ['ext4', ['mkfs.ext4', '-q', '-O', 'quota,project', '-E', 'quotatype=usrquota:grpquota:prjquota']],
] as const

/** On a disk of its own, which the kernel must be able to mount with quotas: many are built without. */
describe.each(filesystems)('limits of directories on %s', (name, command) => {
  const missing = missingPrerequisite('root', `program:${command[0]}`, 'program:losetup', 'program:setpriv')
  const directory = temporaryDirectory()
  const mounted = join(directory.path, 'mounted')
  let reason = missing

  beforeAll(async () => {
    if (missing) return
    const disk = join(directory.path, 'disk')
    await outputOf('truncate', ['-s', '400M', disk])
    await outputOf(command[0], [...command.slice(1), disk])
    mkdirSync(mounted)
    const tried = await runCommand('mount', ['-o', 'loop,prjquota', disk, mounted])
    if (tried.exitCode !== 0) reason = `no quotas of projects on ${name} here: ${tried.stderr.trim().split('\n')[0]}`
  })
  afterAll(async () => {
    await runCommand('umount', [mounted])
    await directory[Symbol.asyncDispose]()
  })

  it('holds what is made below to its bytes and its files, and nothing else', {timeout: 60_000}, async (test) => {
    if (reason) test.skip(reason)
    const [small, other] = ['small', 'other'].map((each) => join(mounted, each)) as [string, string]
    for (const path of [small, other]) mkdirSync(path)
    limitDirectory(small, {sizeBytes: MiB, inodes: 10})
    const big = await write(join(small, 'big'), 2)
    expect(big.exitCode, 'two MiB where one is allowed').not.toBe(0)
    expect(big.stderr).toMatch(/quota exceeded|no space left/i)
    rmSync(join(small, 'big'))
    expect(statfsSync(small).blocks * statfsSync(small).bsize).toBe(MiB)
    const many = await unprivileged('sh', '-c', `for i in $(seq 20); do : >"${small}/$i" || exit 1; done`)
    expect(many.exitCode, 'twenty files where ten are allowed').toBe(1)
    expect((await write(join(other, 'big'), 2)).exitCode).toBe(0)

    unlimitDirectory(small)
    writeFileSync(join(small, 'big'), Buffer.alloc(2 * MiB))
    expect((await write(join(small, 'bigger'), 2)).exitCode).toBe(0)
  })
})

/** ext4 holds nobody to a limit who may set limits of resources. */
function unprivileged(...words: readonly string[]) {
  return runCommand('setpriv', ['--bounding-set=-sys_resource', '--inh-caps=-sys_resource', ...words])
}

function write(path: string, mebibytes: number) {
  return unprivileged('dd', 'if=/dev/zero', `of=${path}`, 'bs=1M', `count=${mebibytes}`, 'conv=fsync')
}
