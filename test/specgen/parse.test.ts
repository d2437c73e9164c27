import {describe, expect, it} from 'vitest'
import {parseSignal, resolveInRoot, signalName} from '../../src/host/index.ts'
import {
  durationNs,
  parseDevice,
  parseDeviceRule,
  parseExpose,
  parseMount,
  parsePublish,
  parseTmpfs,
  parseUlimit,
  parseVolume,
} from '../../src/specgen/index.ts'

describe('--volume', () => {
  it.each([
    ['/x', {type: 'volume', source: '', destination: '/x'}],
    ['name:/x/', {type: 'volume', source: 'name', destination: '/x'}],
    ['/a:/x:ro,Z', {type: 'bind', source: '/a', options: ['ro', 'Z']}],
    ['./etc:/x', {type: 'bind', source: '/etc'}],
    ['/a\\:b:/x', {type: 'bind', source: '/a:b', destination: '/x'}],
    ['/a:/x:O,U', {overlay: {}, chown: true, options: []}],
    ['/a:/x:O,upperdir=/u,workdir=/w', {overlay: {upperDir: '/u', workDir: '/w'}}],
    ['/a:/x:idmap=uids=0-1-10;gids=0-1-10', {options: ['idmap=uids=0-1-10;gids=0-1-10']}],
  ])('%s', (text, expected) => expect(parseVolume(text, '/')).toMatchObject(expected))

  it('refuses half an overlay', () => {
    expect(() => parseVolume('/a:/x:O,upperdir=/u', '/')).toThrow('both are required')
  })
})

describe('--mount', () => {
  it.each([
    ['type=bind,src=/a,dst=/b,ro', [{type: 'bind', source: '/a', destination: '/b', options: ['ro']}]],
    ['type=bind,source=a,target=/b,readonly=false', [{source: '/w/a', options: ['rw']}]],
    ['type=bind,src=/a,dst=/b,bind-nonrecursive,relabel=shared', [{options: ['z', 'bind']}]],
    ['type=bind,"src=/a,b",dst=/b', [{source: '/a,b'}]],
    ['type=bind,src=/a,destination=/b,bind-propagation=rslave,U', [{options: ['rslave'], chown: true}]],
    ['type=volume,src=v,dst=/b,subpath=x', [{type: 'volume', source: 'v', subpath: 'x'}]],
    ['type=tmpfs,dst=/b,tmpfs-size=1m,tmpfs-mode=700', [{type: 'tmpfs', options: ['size=1m', 'mode=700']}]],
    ['type=image,src=i,dst=/b,rw=true', [{type: 'image', source: 'i', readWrite: true}]],
    ['type=devpts,dst=/b,max=5', [{type: 'devpts', options: ['max=5']}]],
  ])('%s', (text, expected) => expect(parseMount(text, '/w')).toMatchObject(expected))

  it('takes one mount for each match of a glob', () => {
    const mounts = parseMount('type=glob,src=/etc/host[sn]*,dst=/x,ro', '/')
    expect(mounts.map((mount) => mount.type === 'bind' && [mount.source, mount.destination])).toEqual(
      expect.arrayContaining([['/etc/hosts', '/x/hosts']]),
    )
    expect(() => parseMount('type=glob,src=/no/such*,dst=/x', '/')).toThrow('no file paths matching glob')
  })
})

it.each([
  ['/x', {destination: '/x', options: []}],
  ['/x:size=1m,exec', {destination: '/x', options: ['size=1m', 'exec']}],
])('--tmpfs %s', (text, expected) => expect(parseTmpfs(text)).toMatchObject(expected))

it.each([
  ['/dev/a', {source: '/dev/a', destination: '/dev/a', permissions: 'rwm'}],
  ['/dev/a:r', {destination: '/dev/a', permissions: 'r'}],
  ['/dev/a:/dev/b', {destination: '/dev/b', permissions: 'rwm'}],
  ['/dev/a:/dev/b:rw', {destination: '/dev/b', permissions: 'rw'}],
])('--device %s', (text, expected) => expect(parseDevice(text)).toMatchObject(expected))

it('--device-cgroup-rule', () => {
  expect(parseDeviceRule('b 8:* rwm')).toEqual({type: 'b', major: 8, minor: -1, access: 'rwm'})
})

it.each([
  ['nofile=1:2', {type: 'RLIMIT_NOFILE', soft: 1, hard: 2}],
  ['core=-1', {type: 'RLIMIT_CORE', soft: -1, hard: -1}],
  ['RLIMIT_NPROC=5', {type: 'RLIMIT_NPROC', soft: 5, hard: 5}],
  ['host', 'host'],
])('--ulimit %s', (text, expected) => expect(parseUlimit(text)).toEqual(expected))

it('--publish and --expose', () => {
  expect(parsePublish('1.2.3.4:80:90/sctp')).toEqual([
    {hostIP: '1.2.3.4', hostPort: 80, containerPort: 90, range: 1, protocol: 'sctp'},
  ])
  expect(parsePublish('80')).toMatchObject([{hostPort: 0, containerPort: 80}])
  expect(parseExpose('5-6/udp')).toEqual(['5/udp', '6/udp'])
  expect(() => parsePublish('80/xyz')).toThrow('unrecognized protocol "xyz"')
  expect(() => parsePublish('x:80:80')).toThrow('cannot parse "x" as an IP address')
})

it.each([
  ['1s', 1e9],
  ['1h2m3.5s', 3723.5e9],
  ['300ms', 3e8],
  ['0', 0],
  ['-1s', -1e9],
])('a duration %j', (text, ns) => expect(durationNs(text)).toBe(ns))

it.each([
  ['5', 'time: missing unit in duration "5"'],
  ['', 'time: invalid duration ""'],
  ['5x', 'time: unknown unit "x" in duration "5x"'],
])('no duration %j', (text, reason) => {
  expect(() => durationNs(text)).toThrow(reason)
  const reasons: string[] = []
  expect(() =>
    durationNs(text, (given) => {
      reasons.push(given)
      throw new Error('mine')
    }),
  ).toThrow('mine')
  expect(reasons).toEqual([reason])
})

it.each([
  ['TERM', 15],
  ['sigkill', 9],
  ['15', 15],
  ['RTMIN', 34],
  ['SIGRTMIN+3', 37],
  ['RTMAX-1', 63],
])('signal %s is %i', (text, number) => expect(parseSignal(text)).toBe(number))

it('signals have names', () => {
  expect([15, 34, 37, 63, 64].map(signalName)).toEqual(['SIGTERM', 'SIGRTMIN', 'SIGRTMIN+3', 'SIGRTMAX-1', 'SIGRTMAX'])
  expect(() => parseSignal('RTMIN-1')).toThrow('invalid signal: RTMIN-1')
})

it('paths inside a root stay there', () => {
  expect(resolveInRoot('/r', '/a/../../b')).toBe('/r/b')
  expect(resolveInRoot('/r', 'a//./b/')).toBe('/r/a/b')
})
