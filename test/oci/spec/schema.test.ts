import type {Ajv} from 'ajv'
import {beforeAll, describe, expect, it} from 'vitest'
import {buildSpec} from '../../../src/oci/spec/index.ts'
import type {Spec} from '../../../src/oci/types/runtime-spec.ts'
import {configOf} from '../../specgen/command-line.ts'
import {testServices} from '../../specgen/services.ts'
import {specSchemas} from './spec-schema.ts'
import {startContext} from './start-context.ts'

let ajv: Ajv

beforeAll(() => {
  ajv = specSchemas()
})

function specOf(args: readonly string[], context = startContext()): Spec {
  const services = testServices()
  services.add({...configOf(['--name', 'other', 'busybox', 'true']), id: 'b'.repeat(64), name: 'other'})
  return JSON.parse(JSON.stringify(buildSpec(configOf(args, services), context)))
}

const options: readonly (readonly string[])[] = [
  [],
  ['-it', '-u', '1000:1000', '-w', '/tmp', '-e', 'A=b', '--umask', '077'],
  ['--privileged'],
  ['--privileged', '-u', '5', '--systemd=always', '--shm-size-systemd', '1m'],
  ['--read-only'],
  ['--read-only', '--read-only-tmpfs=false'],
  ['--cap-add', 'net_admin,sys_time', '--cap-drop', 'chown', '-u', '7'],
  ['--cap-drop', 'all', '--security-opt', 'no-new-privileges'],
  ['--pid', 'host', '--ipc', 'host', '--uts', 'host', '--network', 'host', '--cgroupns', 'host'],
  ['--pid', 'container:other', '--ipc', 'container:other', '--network', 'container:other', '--uts', 'container:other'],
  ['--network', 'none', '--ipc', 'none', '--cgroupns', 'private'],
  ['--network', 'ns:/proc/self/ns/net', '--pid', 'ns:/proc/self/ns/pid', '--userns', 'ns:/proc/self/ns/user'],
  ['--uidmap', '0:1000:65536', '--gidmap', '0:2000:65536', '--network', 'host', '--pid', 'host', '--ipc', 'host'],
  ['--uidmap', '0:1000:65536'],
  [
    '-m',
    '64m',
    '--memory-swap',
    '-1',
    '--memory-reservation',
    '32m',
    '--memory-swappiness',
    '10',
    '--oom-kill-disable',
  ],
  ['--cpus', '1.5', '--cpu-shares', '512', '--cpuset-cpus', '0', '--cpuset-mems', '0', '--pids-limit', '-1'],
  ['--cpu-quota', '5000', '--cpu-period', '10000', '--cpu-rt-period', '1000', '--cpu-rt-runtime', '500'],
  ['--blkio-weight', '100', '--oom-score-adj', '-500', '--rdt-class', 'gold', '--personality', 'LINUX32'],
  ['--device', '/dev/null:/dev/zilch:r', '--device', '/dev/full', '--device-cgroup-rule', 'c *:5 rw'],
  ['--ulimit', 'nofile=10:20', '--ulimit', 'core=-1', '--ulimit', 'nproc=5'],
  ['--ulimit', 'host'],
  ['--sysctl', 'kernel.msgmax=100,net.ipv4.ip_forward=1', '--shm-size', '1m'],
  [
    '-v',
    '/tmp:/data:ro,rslave',
    '-v',
    '/usr:/u:O',
    '-v',
    'named:/n',
    '-v',
    '/anonymous',
    '--tmpfs',
    '/t:size=1m,mode=700',
  ],
  ['--mount', 'type=bind,src=/tmp,dst=/a,bind-propagation=rshared,ro', '--mount', 'type=tmpfs,dst=/b,tmpfs-size=1m'],
  ['--mount', 'type=volume,src=v,dst=/c', '--mount', 'type=devpts,dst=/p,uid=3', '--mount', 'type=ramfs,dst=/r'],
  ['--mount', 'type=image,src=busybox,dst=/i,rw=true', '--mount', 'type=glob,src=/etc/host*,dst=/g'],
  ['--init', '--init-path', '/bin/true', '--security-opt', 'seccomp=unconfined', '--security-opt', 'mask=/a:/b'],
  ['--security-opt', 'unmask=ALL', '--security-opt', 'proc-opts=hidepid=2', '--annotation', 'a=b'],
  ['--cgroup-parent', 'mine', '--hostname', 'web', '--cgroups', 'split'],
  ['--cgroup-parent', 'user.slice', '--tz', 'local', '--group-add', '7'],
]

describe('the runtime-spec schema accepts', () => {
  it.each(options.map((args) => [args.join(' ') || 'no options', args] as const))('%s', (_, args) => {
    const spec = specOf([...args, 'busybox', 'sh', '-c', 'exit'])
    // The schema has `slave` only; runc, crun and podman also know `rslave`, without which mounts would leak to the host.
    if (spec.linux?.rootfsPropagation === 'rslave') spec.linux.rootfsPropagation = 'slave'
    const valid = ajv.validate('config-schema.json', spec)
    expect(ajv.errors?.map(({instancePath, message}) => `${instancePath} ${message}`) ?? []).toEqual([])
    expect(valid).toBe(true)
  })

  it('and rejects what is wrong, so that these tests can fail', () => {
    const spec = {...specOf(['busybox', 'true']), process: {cwd: 5}}
    expect(ajv.validate('config-schema.json', spec)).toBe(false)
  })
})

describe('the spec', () => {
  it('has the process podman has', () => {
    const {process} = specOf(['-e', 'A=b', 'busybox', 'sh', '-c', 'exit'])
    expect(process).toMatchObject({args: ['sh', '-c', 'exit'], cwd: '/', user: {uid: 0, gid: 0, umask: 0o022}})
    expect(process?.env).toEqual([
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'container=podman',
      'A=b',
      expect.stringMatching(/^HOSTNAME=0{12}$/),
      'HOME=/root',
    ])
  })

  it('gives a user other than root only the capabilities named, ambient', () => {
    const user = {uid: 1000, gid: 1000, additionalGids: [1000], memberGids: []}
    const {process} = specOf(['--cap-add', 'net_admin', 'busybox', 'true'], startContext({user}))
    expect(process?.capabilities?.bounding).toHaveLength(12)
    for (const set of ['effective', 'permitted', 'inheritable', 'ambient'] as const)
      expect(process?.capabilities?.[set]).toEqual(['CAP_NET_ADMIN'])
    expect(process?.env?.some((entry) => entry.startsWith('HOME='))).toBe(false)
  })

  it('mounts shallow destinations first, and what is asked for in place of its own', () => {
    const {mounts = []} = specOf(['-v', '/tmp:/dev/mqueue', '-v', '/usr:/a/b/c', '--tmpfs', '/a', 'busybox', 'true'])
    const destinations = mounts.map(({destination}) => destination)
    expect(destinations.indexOf('/a')).toBeLessThan(destinations.indexOf('/a/b/c'))
    expect(mounts.filter(({destination}) => destination === '/dev/mqueue')).toEqual([
      {destination: '/dev/mqueue', type: 'bind', source: '/tmp', options: ['rprivate', 'rbind']},
    ])
  })

  it('has nothing of its own below a /dev of the request', () => {
    const {mounts = []} = specOf(['-v', '/dev:/dev', 'busybox', 'true'])
    expect(mounts.filter(({destination}) => destination.startsWith('/dev'))).toHaveLength(1)
  })

  it('loosens the propagation of the root for mounts that propagate', () => {
    expect(specOf(['-v', '/tmp:/x:rslave', 'busybox', 'true']).linux?.rootfsPropagation).toBe('rslave')
    expect(specOf(['-v', '/tmp:/x:shared', 'busybox', 'true']).linux?.rootfsPropagation).toBe('shared')
    expect(specOf(['-v', '/tmp:/x', 'busybox', 'true']).linux?.rootfsPropagation).toBeUndefined()
  })

  it('joins namespaces by path and leaves out those of the host', () => {
    const {linux} = specOf(['--pid', 'container:other', '--network', 'host', 'busybox', 'true'])
    expect(linux?.namespaces).toEqual([
      {type: 'pid', path: '/proc/77/ns/pid'},
      {type: 'ipc'},
      {type: 'uts'},
      {type: 'mount'},
    ])
  })

  it('allows no device but those given', () => {
    const {linux} = specOf(['--device', '/dev/null:/dev/zilch:r', 'busybox', 'true'])
    expect(linux?.devices).toMatchObject([{path: '/dev/zilch', type: 'c', major: 1, minor: 3, fileMode: 0o666}])
    expect(linux?.resources?.devices).toEqual([
      {allow: false, access: 'rwm'},
      {allow: true, type: 'c', major: 1, minor: 3, access: 'r'},
    ])
  })

  it('writes no limit as the largest unsigned number', () => {
    const text = JSON.stringify(buildSpec(configOf(['--ulimit', 'core=-1', 'busybox', 'true']), startContext()))
    expect(text).toContain('{"type":"RLIMIT_CORE","hard":18446744073709551615,"soft":18446744073709551615}')
  })

  it('names its cgroup in the words of the manager', () => {
    const args = ['busybox', 'true']
    expect(specOf(args).linux?.cgroupsPath).toMatch(/^\/libpod_parent\/libpod-[0-9a-f]{64}$/)
    const systemd = startContext({cgroupManager: 'systemd'})
    expect(specOf(args, systemd).linux?.cgroupsPath).toMatch(/^machine\.slice:libpod:[0-9a-f]{64}$/)
  })

  it('runs the init program in front', () => {
    const spec = specOf(['--init', '--init-path', '/bin/true', 'busybox', 'top'])
    expect(spec.process?.args).toEqual(['/run/podman-init', '--', 'top'])
    expect(spec.mounts).toContainEqual({
      ...{destination: '/run/podman-init', type: 'bind', source: '/bin/true'},
      options: ['bind', 'ro'],
    })
  })
})
