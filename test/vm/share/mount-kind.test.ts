import {describe, expect, it} from 'vitest'
import type {Mount} from '../../../src/oci/types/runtime-spec.ts'
import {mountKind} from '../../../src/vm/share/mount-kind.ts'

const bind = (source: string, destination: string): Mount => ({source, destination, type: 'bind', options: ['rbind']})

describe('how a mount comes into the guest', () => {
  it.each<[string, Mount, string]>([
    ['proc', {destination: '/proc', type: 'proc', source: 'proc'}, 'guest'],
    ['/sys where it belongs', bind('/sys', '/sys'), 'guest'],
    ['/proc where it belongs', bind('/proc', '/proc'), 'guest'],
    ['/sys elsewhere', bind('/sys', '/host-sys'), 'foreign'],
    ['something of /sys', bind('/sys/kernel', '/sys/kernel'), 'foreign'],
    ['something of /proc', bind('/proc/1/root', '/mnt'), 'foreign'],
    ['the control groups', bind('/sys/fs/cgroup', '/sys/fs/cgroup'), 'cgroup'],
    ['a directory', bind('/srv', '/srv'), 'shared'],
    ['one whose name begins alike', bind('/system', '/sys'), 'shared'],
    ['shared memory that is none', bind('/etc', '/dev/shm'), 'shared'],
  ])('%s', (_, mount, kind) => {
    expect(mountKind(mount).kind).toBe(kind)
  })
})
