import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {limitCgroups} from '../../../src/vm/sandbox/cgroup-limits.ts'
import {temporaryDirectory} from '../../helpers/temporary-directory.ts'

const resources = {
  memory: {limit: 1 << 20},
  cpu: {shares: 1024, quota: 150_000, period: 100_000, cpus: '0-1', mems: '0'},
  pids: {limit: 5},
}

/** Directories with the files that the kernel would have there. */
function makeFiles(directory: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(directory, {recursive: true})
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content)
  return directory
}

const read = (directory: string, file: string) => readFileSync(join(directory, file), 'utf8')

describe('limits of the cgroup that holds a machine', () => {
  it('are version 2 files, in controllers that every parent passes on', async () => {
    await using place = temporaryDirectory()
    const v2 = {'cgroup.controllers': 'cpuset cpu io memory pids', 'cgroup.subtree_control': 'pids'}
    const root = makeFiles(place.path, v2)
    const parent = makeFiles(join(root, 'parent'), v2)
    const files = {
      'memory.max': 'max',
      'cpu.weight': '',
      'cpu.max': '',
      'cpuset.cpus': '',
      'cpuset.mems': '',
      'pids.max': '',
    }
    const own = makeFiles(join(parent, 'own'), {...v2, ...files})
    limitCgroups([own], resources, 512 << 20)
    expect(Object.fromEntries(Object.keys(files).map((file) => [file, read(own, file)]))).toEqual({
      ...{'memory.max': String(512 << 20), 'cpu.weight': '39', 'cpu.max': '150000 100000'},
      // How many processes the container may have is the guest's business.
      ...{'cpuset.cpus': '0-1', 'cpuset.mems': '0', 'pids.max': ''},
    })
    for (const above of [root, parent]) expect(read(above, 'cgroup.subtree_control')).toMatch(/^\+(cpu|cpuset|memory)$/)
    limitCgroups([own], {cpu: {quota: -1}}, undefined)
    expect([read(own, 'cpu.max'), read(own, 'memory.max')]).toEqual(['max 100000', String(512 << 20)])
  })

  it('are version 1 files, each in its own hierarchy', async () => {
    await using place = temporaryDirectory()
    const memory = makeFiles(join(place.path, 'memory'), {'memory.limit_in_bytes': ''})
    const cpu = makeFiles(join(place.path, 'cpu'), {'cpu.shares': '', 'cpu.cfs_period_us': '', 'cpu.cfs_quota_us': ''})
    const cpuset = makeFiles(join(place.path, 'cpuset'), {'cpuset.cpus': '', 'cpuset.mems': ''})
    const freezer = makeFiles(join(place.path, 'freezer'), {})
    limitCgroups([memory, cpu, cpuset, freezer], resources, 512 << 20)
    expect(read(memory, 'memory.limit_in_bytes')).toBe(String(512 << 20))
    expect(['cpu.shares', 'cpu.cfs_period_us', 'cpu.cfs_quota_us'].map((file) => read(cpu, file))).toEqual([
      ...['1024', '100000', '150000'],
    ])
    expect([read(cpuset, 'cpuset.cpus'), read(cpuset, 'cpuset.mems')]).toEqual(['0-1', '0'])
  })

  it('fail with the name of the file', async () => {
    await using place = temporaryDirectory()
    const directory = makeFiles(join(place.path, 'memory'), {})
    mkdirSync(join(directory, 'memory.limit_in_bytes'))
    expect(() => limitCgroups([directory], {}, 1)).toThrow(
      expect.objectContaining({
        code: 'ERR_SYSCALL',
        message: expect.stringContaining('memory.limit_in_bytes of memory'),
      }),
    )
  })
})
