import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {cgroupDirectories, createCgroups, joinCgroups, removeCgroups} from '../../src/vm/sandbox/cgroup.ts'
import {limitCgroups} from '../../src/vm/sandbox/cgroup-limits.ts'

/** What a machine's cgroup is on this host, step by step: printed as JSON by a program that runs where version 2 is. */
const directories = cgroupDirectories('/berth-probe/machine', 'unused', false)
createCgroups(directories)
const cpu = {shares: 1024, quota: 50_000, period: 100_000, cpus: '0', mems: '0'}
limitCgroups(directories, {cpu}, 256 * 1024 * 1024)
joinCgroups(directories, process.pid)
const place = readFileSync('/proc/self/cgroup', 'utf8').trim()
const limits = Object.fromEntries(
  ['memory.max', 'cpu.max', 'cpu.weight', 'cpuset.cpus', 'cpuset.mems'].map((file) => [
    file,
    readFileSync(join(directories[0] ?? '', file), 'utf8').trim(),
  ]),
)
limitCgroups(directories, {cpu: {quota: -1}}, 512 * 1024 * 1024)
const updated = ['memory.max', 'cpu.max'].map((file) => readFileSync(join(directories[0] ?? '', file), 'utf8').trim())
joinCgroups(['/sys/fs/cgroup'], process.pid)
removeCgroups([...directories, '/sys/fs/cgroup/berth-probe']).then(
  () => process.stdout.write(`${JSON.stringify({directories, place, limits, updated})}\n`),
  (error: Error) => process.stderr.write(`${error.stack}\n`),
)
