import {describe, expect, it} from 'vitest'
import type {Spec} from '../../../src/oci/types/runtime-spec.ts'
import {adaptSpec, type GuestView, sandboxSysctls} from '../../../src/vm/sandbox/adapt-spec.ts'
import {wantedDisks} from '../../../src/vm/sandbox/block-devices.ts'

const view: GuestView = {
  rootfs: '/run/berth/share/host/c/rootfs',
  mounts: [{destination: '/proc', type: 'proc', source: 'proc'}],
  namespacePath: ({type}) => (type === 'ipc' ? '/proc/77/ns/ipc' : undefined),
  blockDevices: {'/dev/sdx': {major: 254, minor: 16}},
  seccomp: (seccomp) => ({seccomp}),
}

const spec = (linux: Spec['linux'] = {}, more: Partial<Spec> = {}): Spec => ({
  ociVersion: '1.0.2',
  process: {args: ['sh'], cwd: '/', user: {uid: 0, gid: 0}},
  root: {path: '/host/rootfs', readonly: true},
  linux,
  ...more,
})

describe("config.json for the guest's runtime", () => {
  it('names nothing of the host', () => {
    const adapted = adaptSpec(
      spec(
        {cgroupsPath: '/libpod_parent/x', mountLabel: 'l', intelRdt: {closID: 'x'}},
        {
          process: {args: ['sh'], cwd: '/', user: {uid: 0, gid: 0}, apparmorProfile: 'p', selinuxLabel: 'l'},
          mounts: [{destination: '/x', type: 'bind', source: '/host/x'}],
          annotations: {secret: 'path'},
        },
      ),
      view,
    )
    expect(JSON.stringify(adapted)).not.toMatch(/host\/x|libpod|secret|apparmor|selinux|closID|mountLabel/)
    expect(adapted.root).toEqual({path: view.rootfs, readonly: true})
    expect(adapted.mounts).toEqual(view.mounts)
  })

  it('has no network namespace, joins by the guest path and makes the others', () => {
    const namespaces = [
      {type: 'network', path: '/run/netns/x'},
      {type: 'ipc', path: '/proc/1234/ns/ipc'},
      {type: 'uts', path: '/proc/1234/ns/uts'},
      {type: 'pid'},
    ] as const
    expect(adaptSpec(spec({namespaces: [...namespaces]}), view).linux?.namespaces).toEqual([
      {type: 'ipc', path: '/proc/77/ns/ipc'},
      {type: 'uts'},
      {type: 'pid'},
    ])
  })

  it('leaves only the hook that runs in the container', () => {
    const hooks = {prestart: [{path: '/a'}], poststop: [{path: '/b'}], startContainer: [{path: '/c'}]}
    expect(adaptSpec(spec({}, {hooks}), view).hooks).toEqual({startContainer: [{path: '/c'}]})
    expect(adaptSpec(spec({}, {hooks: {prestart: [{path: '/a'}]}}), view)).not.toHaveProperty('hooks')
  })

  it("keeps the container's limits and leaves the host's CPUs and disks to the host", () => {
    const resources = {
      memory: {limit: 1, kernel: 2},
      cpu: {shares: 3, cpus: '0-1', realtimeRuntime: 4},
      pids: {limit: 5},
      blockIO: {weight: 6, throttleReadBpsDevice: [{major: 8, minor: 0, rate: 1}]},
      hugepageLimits: [{pageSize: '2MB', limit: 1}],
    }
    expect(adaptSpec(spec({resources}), view).linux?.resources).toEqual({
      memory: {limit: 1},
      cpu: {shares: 3},
      pids: {limit: 5},
      blockIO: {weight: 6},
    })
  })

  it('keeps limits that are none, which a double cannot hold', () => {
    const text = '{"type":"RLIMIT_MEMLOCK","soft":18446744073709551615,"hard":18446744073709551615}'
    const process = {args: ['sh'], cwd: '/', user: {uid: 0, gid: 0}, rlimits: [JSON.parse(text)]}
    expect(JSON.stringify(adaptSpec(spec({}, {process}), view).process?.rlimits)).toBe(`[${text}]`)
  })

  it('attaches the disks that a spec names, of a privileged container those that a rule names', () => {
    const disks = [
      {path: '/dev/sda', type: 'b', major: 8, minor: 0},
      {path: '/dev/sdb', type: 'b', major: 8, minor: 16},
    ] as const
    const devices = [...disks, {path: '/dev/fuse', type: 'c', major: 10, minor: 229} as const]
    const named = {allow: true, type: 'b', major: 8, minor: 16, access: 'rwm'}
    expect(wantedDisks({devices, resources: {devices: [{allow: false, access: 'rwm'}, named]}})).toEqual(disks)
    expect(wantedDisks({devices, resources: {devices: [{allow: true, access: 'rwm'}, named]}})).toEqual([disks[1]])
    expect(adaptSpec(spec({devices}), view).linux?.devices).toEqual([devices[2]])
  })

  it("gives block devices the guest's numbers and leaves others", () => {
    const devices = [
      {path: '/dev/sdx', type: 'b', major: 8, minor: 0},
      {path: '/dev/fuse', type: 'c', major: 10, minor: 229},
    ] as const
    const rules = [
      {allow: false, access: 'rwm'},
      {allow: true, type: 'b', major: 8, minor: 0, access: 'r'},
      {allow: true, type: 'c', major: 8, minor: 0, access: 'r'},
    ]
    const {linux} = adaptSpec(spec({devices: [...devices], resources: {devices: rules}}), view)
    expect(linux?.devices).toEqual([{path: '/dev/sdx', type: 'b', major: 254, minor: 16}, devices[1]])
    expect(linux?.resources?.devices).toEqual([rules[0], {...rules[1], major: 254, minor: 16}, rules[2]])
  })

  it("sets the network's sysctls for the sandbox and the others in the container", () => {
    const subject = spec({sysctl: {'net.ipv4.ip_forward': '1', 'kernel.msgmax': '9000'}})
    expect(sandboxSysctls(subject)).toEqual({'net.ipv4.ip_forward': '1'})
    expect(adaptSpec(subject, view).linux?.sysctl).toEqual({'kernel.msgmax': '9000'})
  })

  it('refuses a seccomp listener', () => {
    const seccomp = {defaultAction: 'SCMP_ACT_ALLOW', listenerPath: '/x'}
    expect(() => adaptSpec(spec({seccomp}), view)).toThrow(expect.objectContaining({code: 'ERR_NOT_SUPPORTED'}))
  })
})
