import {describe, expect, it} from 'vitest'
import type {ContainerConfig} from '../../src/libpod/define/container-config.ts'
import {configOf} from './command-line.ts'
import {type ServicesOptions, testServices} from './services.ts'

function make(args: string, options: ServicesOptions = {}): ContainerConfig {
  return configOf(args.split(' '), testServices(options))
}

function variables(config: ContainerConfig): Record<string, string> {
  return Object.fromEntries(config.process.env.map((entry) => entry.split(/=(.*)/s).slice(0, 2)))
}

describe('what runs', () => {
  const image = {Entrypoint: ['/entry'], Cmd: ['default'], WorkingDir: '/work', User: 'app'}

  it.each([
    ['busybox', ['/entry', 'default']],
    ['busybox a b', ['/entry', 'a', 'b']],
    ['--entrypoint /mine busybox', ['/mine']],
    ['--entrypoint /mine busybox a', ['/mine', 'a']],
    ['--entrypoint ["/x","y"] busybox a', ['/x', 'y', 'a']],
    ['--entrypoint= busybox a', ['a']],
  ])('%s: %j', (args, expected) => {
    const config = make(args, {image})
    expect(config.process.args).toEqual(expected)
    expect(config.command).toEqual(expected)
  })

  it('takes user and directory from the image unless told otherwise', () => {
    expect(make('busybox', {image}).process).toMatchObject({user: 'app', workdir: '/work', workdirRequired: false})
    expect(make('-u 5 -w /x busybox', {image}).process).toMatchObject({user: '5', workdir: '/x', workdirRequired: true})
  })
})

describe('variables', () => {
  const image = {Env: ['PATH=/image', 'A=image', 'B=image', 'C=image']}

  it('of the request beat those of the image, which beat the defaults', () => {
    expect(variables(make('-e A=request -e HOSTNAME=mine busybox true', {image}))).toEqual({
      ...{PATH: '/image', container: 'podman', A: 'request', B: 'image', C: 'image', HOSTNAME: 'mine'},
    })
  })

  it('can be taken away and merged', () => {
    expect(variables(make('--unsetenv A --unsetenv B -e B=b busybox true', {image}))).toMatchObject({
      B: 'b',
      C: 'image',
    })
    const all = variables(make('--unsetenv-all -e X=y busybox true', {image}))
    expect(Object.keys(all)).toEqual(['X', 'HOSTNAME'])
    expect(variables(make('--env-merge PATH=/mine:$PATH busybox true', {image})).PATH).toBe('/mine:/image')
    expect(variables(make('--env-merge N=${NONE:-word}${A:+set} busybox true', {image})).N).toBe('wordset')
  })

  it("come from the caller by name, by prefix, all, or as the proxy's", () => {
    const environment = {ONE: '1', PRE_A: 'a', PRE_B: 'b', http_proxy: 'http://p', HTTPS_PROXY: 'http://q'}
    const named = variables(make('-e ONE -e PRE_* -e NONE busybox true', {environment}))
    expect(named).toMatchObject({ONE: '1', PRE_A: 'a', PRE_B: 'b', http_proxy: 'http://p', HTTPS_PROXY: 'http://q'})
    expect(named).not.toHaveProperty('NONE')
    expect(variables(make('--http-proxy=false busybox true', {environment}))).not.toHaveProperty('http_proxy')
    expect(variables(make('--env-host -e ONE=2 busybox true', {environment}))).toMatchObject({PRE_A: 'a', ONE: '2'})
  })

  it('name the terminal only when there is one', () => {
    expect(variables(make('busybox true'))).not.toHaveProperty('TERM')
    expect(variables(make('-t busybox true')).TERM).toBe('xterm')
  })
})

describe('the end', () => {
  it.each([
    ['busybox true', {}, 15],
    ['busybox true', {StopSignal: 'SIGQUIT'}, 3],
    ['--stop-signal USR1 busybox true', {StopSignal: 'SIGQUIT'}, 10],
    ['--stop-signal RTMIN+3 busybox true', {}, 37],
    ['busybox /sbin/init', {}, 37],
    ['--systemd=false busybox /sbin/init', {}, 15],
    ['busybox /usr/lib/systemd/systemd', {}, 37],
  ])('%s with %j: signal %i', (args, image, signal) => expect(make(args, {image}).stopSignal).toBe(signal))

  it.each([
    ['busybox true', {name: 'no', given: false}],
    ['--restart never busybox true', {name: 'no', given: true}],
    ['--restart on-failure:3 busybox true', {name: 'on-failure', maximumRetries: 3}],
    ['--restart always busybox true', {name: 'always', maximumRetries: 0}],
  ])('%s: %j', (args, policy) => expect(make(args).restartPolicy).toMatchObject(policy))
})

describe('health checks', () => {
  const image = {Healthcheck: {Test: ['CMD', 'check'], Interval: 5e9, Retries: 2}}

  it("are the image's, changed where the request says so", () => {
    expect(make('busybox true', {image}).healthcheck).toEqual({
      ...{test: ['CMD', 'check'], intervalNs: 5e9, timeoutNs: 30e9, startPeriodNs: 0, retries: 2},
    })
    expect(make('--health-timeout 2s busybox true', {image}).healthcheck).toMatchObject({
      intervalNs: 5e9,
      timeoutNs: 2e9,
    })
  })

  it('can be replaced and turned off', () => {
    expect(make('--health-cmd other --health-retries 9 busybox true', {image}).healthcheck).toMatchObject({
      ...{test: ['CMD-SHELL', 'other'], intervalNs: 30e9, retries: 9},
    })
    expect(make('--health-cmd ["CMD","x"] busybox true').healthcheck?.test).toEqual(['CMD', 'x'])
    for (const args of ['--no-healthcheck', '--health-cmd none'])
      expect(make(`${args} busybox true`, {image})).toMatchObject({hasHealthcheck: false})
  })
})

describe('mounts', () => {
  const image = {Volumes: {'/data': {}, '/more': {}}}

  it("are the request's before the image's volumes", () => {
    const {mounts, mountPoints} = make('-v mine:/data -v /tmp:/t:ro busybox true', {image})
    expect(mounts).toMatchObject([
      {type: 'volume', name: 'mine', anonymous: false, destination: '/data'},
      {type: 'bind', source: '/tmp', destination: '/t', options: ['ro', 'rprivate', 'rbind']},
      {type: 'volume', anonymous: true, destination: '/more', name: expect.stringMatching(/^[0-9a-f]{64}$/)},
    ])
    expect(mountPoints.slice(0, 2)).toEqual([
      {destination: '/data', source: 'mine'},
      {destination: '/t', source: '/tmp'},
    ])
  })

  it('of the image may be tmpfs or left out', () => {
    expect(make('--image-volume tmpfs busybox true', {image}).mounts.map(({type}) => type)).toEqual(['tmpfs', 'tmpfs'])
    expect(make('--image-volume ignore busybox true', {image}).mounts).toEqual([])
  })

  it('of another container come along, read-only when asked', () => {
    const services = testServices()
    const other = configOf(
      ['--name', 'other', '-v', 'v:/v', '-v', '/tmp:/t', '--tmpfs', '/x', 'busybox', 'true'],
      services,
    )
    services.add(other)
    const config = configOf(['--volumes-from', 'other:ro', '-v', '/usr:/t', 'busybox', 'true'], services)
    expect(config.mounts.map(({destination}) => destination)).toEqual(['/t', '/v'])
    expect(config.mounts[0]).toMatchObject({source: '/usr'})
    expect(config.mounts[1]).toMatchObject({name: 'v', options: expect.arrayContaining(['ro'])})
    // What it mounts is there whether or not that one runs.
    expect(config.dependencies).toEqual([])
  })
})

describe('networks', () => {
  it('are the default one unless told otherwise', () => {
    const config = make('busybox true')
    expect(config.network.mode).toBe('bridge')
    expect(config.networks).toEqual(['berth'])
    expect(config.network.attachments[0]?.aliases).toEqual([config.id.slice(0, 12)])
  })

  it('take addresses and names', () => {
    const {network} = make('--network other:ip=10.1.2.3,mac=02:00:00:00:00:01,alias=a --network-alias b busybox true')
    expect(network.attachments).toMatchObject([
      {
        network: 'other',
        staticIPs: ['10.1.2.3'],
        staticMAC: '02:00:00:00:00:01',
        aliases: ['a', 'b', expect.any(String)],
      },
    ])
    expect(make('--ip 10.88.0.9 busybox true').network.attachments).toMatchObject([
      {network: 'berth', staticIPs: ['10.88.0.9']},
    ])
    expect(() => make('--network berth --network host busybox true')).toThrow(
      'can only set extra network names, selected mode host',
    )
    expect(() => make('--network berth --network other --ip 10.1.1.1 busybox true')).toThrow(
      '--ip can only be set for a single',
    )
  })

  it('publish ports, free ones where none is named', () => {
    const {ports} = make('-p 8080-8082:80-82/udp -p 127.0.0.1::90 -p [::1]:7:8 busybox true')
    expect(ports).toMatchObject([
      {hostPort: 8080, containerPort: 80, range: 3, protocol: 'udp', hostIP: ''},
      {containerPort: 90, hostIP: '127.0.0.1', range: 1, protocol: 'tcp'},
      {hostPort: 7, containerPort: 8, hostIP: '::1'},
    ])
    expect(ports[1]?.hostPort).toBeGreaterThanOrEqual(40_000)
  })

  it('publish all that is exposed', () => {
    const image = {ExposedPorts: {'80/tcp': {}, '53/udp': {}}}
    const config = make('-P --expose 1000-1001 -p 9:80 busybox true', {image})
    expect(config.ports.map(({containerPort, protocol}) => `${containerPort}/${protocol}`)).toEqual([
      ...['80/tcp', '53/udp', '1000/tcp', '1001/tcp'],
    ])
    expect(config.exposedPorts).toEqual(['80/tcp', '53/udp', '1000/tcp', '1001/tcp'])
  })
})

describe('rights', () => {
  it('of a privileged container are all there are', () => {
    const {security} = make('--privileged busybox true')
    expect(security).toMatchObject({maskedPaths: [], readonlyPaths: [], seccomp: {kind: 'unconfined'}})
    expect(security.capabilities.length).toBeGreaterThan(30)
  })

  it('can be changed one by one', () => {
    expect(make('--cap-drop all --cap-add chown busybox true').security.capabilities).toEqual(['CAP_CHOWN'])
    expect(make('--security-opt unmask=/proc/acpi:/sys/fs/cgroup busybox true').security).toMatchObject({
      maskedPaths: expect.not.arrayContaining(['/proc/acpi']),
      cgroupWritable: true,
    })
    const image = {Labels: {'io.containers.seccomp.profile': '{"defaultAction":"SCMP_ACT_ALLOW"}'}}
    expect(make('--seccomp-policy image busybox true', {image}).security.seccomp).toMatchObject({kind: 'profile'})
    expect(() => make('--seccomp-policy image busybox true')).toThrow('no seccomp policy defined by image')
  })
})

it('labels join, those of the request winning', () => {
  const image = {Labels: {a: 'image', b: 'image'}}
  expect(make('-l a=request -l c busybox true', {image}).labels).toEqual({a: 'request', b: 'image', c: ''})
  const environment = {PODMAN_SYSTEMD_UNIT: 'web.service'}
  expect(make('busybox true', {environment}).labels).toEqual({PODMAN_SYSTEMD_UNIT: 'web.service'})
})

it('the config is a plain document', () => {
  const config = make('-v /tmp:/x busybox true')
  expect(JSON.parse(JSON.stringify(config))).toEqual(config)
  expect(config.createdAt).toMatch(/^2026-01-02T03:04:05\.678\d{6}Z$/)
})
