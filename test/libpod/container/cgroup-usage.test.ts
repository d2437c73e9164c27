import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, it} from 'vitest'
import {readCgroupUsage} from '../../../src/libpod/container/stats/cgroup-usage.ts'
import {parseNetDev} from '../../../src/libpod/container/stats/network-counters.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cgroup-'))
})
afterEach(() => rmSync(root, {recursive: true}))

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), {recursive: true})
    writeFileSync(join(root, path), `${content}\n`)
  }
}

it('reads version 2', () => {
  write({
    'a/cpu.stat': 'usage_usec 1500\nuser_usec 1000\nsystem_usec 500',
    'a/memory.current': '4096',
    'a/memory.max': 'max',
    'a/io.stat': '8:0 rbytes=10 wbytes=20 rios=1\n8:16 rbytes=5 wbytes=0',
    'a/pids.current': '3',
  })
  expect(readCgroupUsage([{version: 2, mountPoint: root, controllers: []}], new Map([['', '/a']]))).toEqual({
    cpuNano: 1_500_000,
    cpuSystemNano: 500_000,
    perCpuNano: [],
    memoryUsageBytes: 4096,
    memoryLimitBytes: Number.POSITIVE_INFINITY,
    blockInputBytes: 15,
    blockOutputBytes: 20,
    pids: 3,
  })
})

it('reads version 1, each controller from its tree, and takes a missing one for zero', () => {
  write({
    'cpuacct/a/cpuacct.usage': '777',
    'cpuacct/a/cpuacct.stat': 'user 1\nsystem 2',
    'cpuacct/a/cpuacct.usage_percpu': '700 77',
    'memory/a/memory.usage_in_bytes': '100',
    'memory/a/memory.limit_in_bytes': '1000',
    'blkio/a/blkio.throttle.io_service_bytes_recursive': '8:0 Read 7\n8:0 Write 8\n8:0 Total 15\nTotal 15',
  })
  const hierarchies = ['cpuacct', 'memory', 'blkio'].map((name) => ({
    version: 1 as const,
    mountPoint: join(root, name),
    controllers: [name],
  }))
  expect(readCgroupUsage(hierarchies, new Map(['cpuacct', 'memory', 'blkio'].map((name) => [name, '/a'])))).toEqual({
    cpuNano: 777,
    cpuSystemNano: 20_000_000,
    perCpuNano: [700, 77],
    memoryUsageBytes: 100,
    memoryLimitBytes: 1000,
    blockInputBytes: 7,
    blockOutputBytes: 8,
    pids: 0,
  })
})

it('reads interfaces but lo', () => {
  const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0
  eth0: 1234 12 1 2 0 0 0 0 4321 21 3 4 0 0 0 0
`
  expect(parseNetDev(text)).toEqual({
    eth0: {
      rxBytes: 1234,
      rxPackets: 12,
      rxErrors: 1,
      rxDropped: 2,
      txBytes: 4321,
      txPackets: 21,
      txErrors: 3,
      txDropped: 4,
    },
  })
})
