import {expect, test} from 'vitest'
import {mountedCgroupTrees} from '../../src/host/index.ts'

const HOST = `22 27 0:21 / /proc rw,relatime - proc proc rw
30 27 0:25 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct
31 27 0:26 / /sys/fs/cgroup/systemd rw shared:10 - cgroup systemd rw,xattr,name=systemd
32 27 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
`
/** A container that was given the host's /sys, and one that sees its own part of the tree. */
const AGAIN = `40 27 0:25 / /run/c/merged/sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
41 27 0:25 /libpod/c2 /run/c2/merged/sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
42 27 0:27 / /run/c/merged/sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
`

test('a cgroup tree that is mounted again elsewhere is still one, at its first place', () => {
  expect(mountedCgroupTrees(HOST + AGAIN)).toEqual([
    {version: 1, mountPoint: '/sys/fs/cgroup/cpu,cpuacct', controllers: ['cpu', 'cpuacct']},
    {version: 1, mountPoint: '/sys/fs/cgroup/systemd', controllers: ['systemd']},
    {version: 2, mountPoint: '/sys/fs/cgroup/unified', controllers: []},
  ])
})
