import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {type HostNetwork, networkLeaks, noNetworkLeaks, openHostNetwork} from '../helpers/host-network.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {openPodman} from '../helpers/podman.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {waitUntil} from '../helpers/wait-until.ts'

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon', 'program:ip', 'program:iptables-save')

describe.skipIf(missing)('networks', () => {
  let host: HostNetwork
  let berth: TestEngine
  const sleeper = ['localhost/busybox', 'sleep', '1000']
  const web = ['localhost/busybox', 'nc', '-ll', '-p', '80', '-e', 'echo', 'hello']
  const answers = (address: string, port: number) =>
    host.run('timeout', '3', 'busybox', 'nc', '-w', '2', address, String(port))

  beforeAll(async () => {
    host = await openHostNetwork()
    berth = openBerth({runtime: 'runc', host})
    await berth.output('load', '-q', '-i', await busyboxArchive())
  })
  afterEach(async () => {
    await berth.run(['pod', 'rm', '-fa'])
    await berth.run(['rm', '-fa', '-t', '0'])
    await berth.run(['network', 'prune', '-f'])
  })
  afterAll(async () => {
    const ids = (await berth.output('ps', '-aq', '--no-trunc')).split('\n').filter(Boolean)
    await berth.output('rm', '-fa', '-t', '0')
    await waitUntil('name servers have ended', async () => (await networkLeaks(host, ids)).processes.length === 0)
    const left = await networkLeaks(host, ids)
    await berth[Symbol.asyncDispose]()
    await host[Symbol.asyncDispose]()
    expect(left).toEqual(noNetworkLeaks)
  })

  test('macvlan: a container is a machine on the network of the host', async () => {
    const addresses = ['--subnet', '192.0.2.0/24', '--gateway', '192.0.2.1', '--ip-range', '192.0.2.64/27']
    await berth.output('network', 'create', '-d', 'macvlan', '-o', 'parent=up0', '-o', 'mtu=1400', ...addresses, 'lan')
    await berth.output('run', '-d', '--name', 'one', '--cap-add', 'NET_RAW', '--network', 'lan', ...web)
    const address = await berth.output('inspect', '-f', '{{.NetworkSettings.Networks.lan.IPAddress}}', 'one')
    expect(address).toBe('192.0.2.65')
    expect(await berth.output('exec', 'one', 'cat', '/sys/class/net/eth0/mtu')).toBe('1400')
    expect(await berth.output('exec', 'one', 'ip', 'route')).toContain('default via 192.0.2.1 dev eth0')
    await berth.output('exec', 'one', 'ping', '-c', '1', '-W', '5', '192.0.2.1')
    const outside = () => host.outside('busybox', 'nc', '-w', '2', address, '80')
    await waitUntil('it answers', async () => (await outside()).stdout === 'hello\n')
    // Of one parent, and so of one switch.
    const second = await berth.run([
      'run',
      '--rm',
      '--network',
      'lan',
      'localhost/busybox',
      'nc',
      '-w',
      '2',
      address,
      '80',
    ])
    expect(second.stdout).toBe('hello\n')
    await berth.output('rm', '-f', '-t', '0', 'one')
    await berth.output('network', 'rm', 'lan')
  })

  test.each(['bridge', 'private'])('macvlan mode %s', async (mode) => {
    const addresses = ['--subnet', '192.0.2.0/24', '--gateway', '192.0.2.1', '--ip-range', '192.0.2.96/27']
    await berth.output(
      'network',
      'create',
      '-d',
      'macvlan',
      '-o',
      'parent=up0',
      '-o',
      `mode=${mode}`,
      ...addresses,
      `lan-${mode}`,
    )
    await berth.output('run', '-d', '--name', 'one', '--network', `lan-${mode}`, ...sleeper)
    const address = await berth.output(
      'inspect',
      '-f',
      '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}',
      'one',
    )
    const ping = ['ping', '-c', '1', '-W', '1', address]
    const {exitCode} = await berth.run([
      'run',
      '--rm',
      '--cap-add',
      'NET_RAW',
      '--network',
      `lan-${mode}`,
      'localhost/busybox',
      ...ping,
    ])
    expect(exitCode).toBe(mode === 'bridge' ? 0 : 1)
    await berth.output('network', 'rm', '-f', '-t', '0', `lan-${mode}`)
  })

  test('IPv6 only: addresses, names and the way out', async () => {
    await berth.output('network', 'create', '--subnet', 'fd5e::/64', 'six')
    await berth.output('run', '-d', '--name', 'one', '--network', 'six', ...web)
    expect(await berth.output('inspect', '-f', '{{.NetworkSettings.Networks.six.GlobalIPv6Address}}', 'one')).toBe(
      'fd5e::2',
    )
    expect(await berth.output('exec', 'one', 'cat', '/etc/resolv.conf')).toContain('nameserver fd5e::1')
    const two = ['run', '--rm', '--cap-add', 'NET_RAW', '--network', 'six', 'localhost/busybox']
    const looked = async () => (await berth.run([...two, 'nslookup', 'one'])).stdout
    await waitUntil('the name resolves', async () => (await looked()).includes('fd5e::2'))
    await berth.output(...two, 'ping', '-6', '-c', '1', '-W', '5', '2001:db8::1')
    await berth.output('network', 'rm', '-f', '-t', '0', 'six')
  })

  test('dual stack: published on both families', async () => {
    await berth.output('network', 'create', '--ipv6', '--subnet', '10.71.0.0/24', '--subnet', 'fd71::/64', 'both')
    const ports = ['-p', '127.0.0.1:8091:80', '-p', '[2001:db8::10]:8092:80']
    await berth.output('run', '-d', '--name', 'one', '--network', 'both', ...ports, ...web)
    const seen = await berth.output('inspect', '-f', '{{json .NetworkSettings.Networks.both}}', 'one')
    expect(JSON.parse(seen)).toMatchObject({
      IPAddress: '10.71.0.2',
      IPPrefixLen: 24,
      GlobalIPv6Address: 'fd71::2',
      GlobalIPv6PrefixLen: 64,
    })
    const outside = () => host.outside('busybox', 'nc', '-w', '2', '2001:db8::10', '8092')
    await waitUntil('IPv4 answers', async () => (await answers('127.0.0.1', 8091)).stdout === 'hello\n')
    await waitUntil('IPv6 answers', async () => (await outside()).stdout === 'hello\n')
    await berth.output('network', 'rm', '-f', '-t', '0', 'both')
  })

  test('a network that this host cannot make is refused, and nothing is left of it', async () => {
    const addresses = ['--subnet', '10.72.0.0/24']
    const made = await berth.run(['network', 'create', '-d', 'ipvlan', '-o', 'parent=up0', ...addresses, 'ip'])
    const known = await host.run('ip', 'link', 'add', 'link', 'up0', 'name', 'ip0', 'type', 'ipvlan')
    if (known.exitCode === 0) {
      await host.output('ip', 'link', 'delete', 'ip0')
      expect(made).toMatchObject({exitCode: 0, stdout: 'ip\n', stderr: ''})
      const ran = ['run', '--rm', '--network', 'ip', 'localhost/busybox', 'ip', '-o', '-4', 'address', 'show', 'eth0']
      expect(await berth.output(...ran)).toContain('10.72.0.2/24')
      await berth.output('network', 'rm', 'ip')
    } else {
      const reason = 'driver ipvlan: this kernel has no interfaces of the kind ipvlan: not supported'
      expect(made).toMatchObject({exitCode: 125, stderr: `Error: ${reason}\n`})
      expect((await berth.run(['network', 'exists', 'ip'])).exitCode).toBe(1)
    }
  })

  test('static routes, and none to everywhere: a bridge of both families beside a macvlan', async () => {
    const both = ['--subnet', '10.74.0.0/24', '--subnet', 'fd74::/64', '-o', 'no_default_route=1']
    const routes = ['--route', '10.9.0.0/16,10.74.0.9', '--route', 'fd99::/64,fd74::9,7']
    await berth.output('network', 'create', '--ipv6', ...both, ...routes, 'inner')
    const lan = ['--subnet', '192.0.2.0/24', '--gateway', '192.0.2.1', '--ip-range', '192.0.2.128/27']
    await berth.output('network', 'create', '-d', 'macvlan', '-o', 'parent=up0', '-o', 'metric=5', ...lan, 'outer')
    await berth.output('run', '-d', '--name', 'one', '--network', 'inner', ...sleeper)
    const seen = (...words: readonly string[]) => berth.output('exec', 'one', 'ip', ...words)
    expect((await seen('route')).split('\n').map((line) => line.trim())).toEqual([
      '10.9.0.0/16 via 10.74.0.9 dev eth0  metric 100',
      '10.74.0.0/24 dev eth0 scope link  src 10.74.0.2',
    ])
    const routes6 = await seen('-6', 'route')
    expect(routes6).toContain('fd99::/64 via fd74::9 dev eth0  metric 7')
    expect(routes6).not.toContain('default')
    await berth.output('network', 'connect', 'outer', 'one')
    expect(await seen('route')).toContain('default via 192.0.2.1 dev eth1  metric 5')
    await berth.output('network', 'reload', 'one')
    expect(await seen('route')).toContain('10.9.0.0/16 via 10.74.0.9 dev eth0')
    expect(await seen('-o', '-4', 'address', 'show', 'eth1')).toContain('192.0.2.129/24')
    await berth.output('network', 'disconnect', 'outer', 'one')
    expect(await seen('-o', 'link')).not.toContain('eth1')
    await berth.output('rm', '-f', '-t', '0', 'one')
    await berth.output('network', 'rm', 'inner', 'outer')
  })

  test('a route to a gateway that cannot be reached fails the start, and nothing stays', async () => {
    await berth.output('network', 'create', '--subnet', '10.75.0.0/24', '--route', '10.9.0.0/16,10.1.1.1', 'astray')
    const failed = await berth.run(['run', '--rm', '--name', 'one', '--network', 'astray', ...sleeper])
    expect(failed.exitCode).not.toBe(0)
    expect(failed.stderr).toContain('add route (dest: 10.9.0.0/16, gw: 10.1.1.1, metric 100)')
    expect((await berth.run(['container', 'exists', 'one'])).exitCode).toBe(1)
    await berth.output('network', 'rm', 'astray')
    expect(await host.output('ip', '-br', 'link', 'show', 'type', 'bridge')).toBe('')
  })

  test('the firewall flushed: `network reload` opens the ports again', async () => {
    await berth.output('run', '-d', '--name', 'one', '-p', '127.0.0.1:8093:80', ...web)
    await waitUntil('the port answers', async () => (await answers('127.0.0.1', 8093)).stdout === 'hello\n')
    for (const table of ['nat', 'filter']) await host.output('iptables', '-t', table, '-F')
    expect((await answers('127.0.0.1', 8093)).stdout).not.toBe('hello\n')
    const before = await berth.output('inspect', '-f', '{{json .NetworkSettings.Networks}}', 'one')
    const id = await berth.output('inspect', '-f', '{{.Id}}', 'one')
    expect(await berth.output('network', 'reload', '--all')).toBe(id)
    await waitUntil('the port answers again', async () => (await answers('127.0.0.1', 8093)).stdout === 'hello\n')
    expect(await berth.output('inspect', '-f', '{{json .NetworkSettings.Networks}}', 'one')).toBe(before)
    await berth.output('rm', '-f', '-t', '0', 'one')
  })

  test('aardvark-dns killed: the next container brings all names back', async () => {
    await berth.output('network', 'create', '--subnet', '10.73.0.0/24', 'names')
    await berth.output('run', '-d', '--name', 'one', '--network', 'names', ...sleeper)
    const pid = Number(readFileSync(join(berth.runRoot, 'network/netavark/aardvark-dns/aardvark.pid'), 'utf8'))
    process.kill(pid, 'SIGKILL')
    expect((await berth.run(['exec', 'one', 'nslookup', 'one'])).exitCode).not.toBe(0)
    await berth.output('run', '-d', '--name', 'two', '--network', 'names', ...sleeper)
    for (const name of ['one', 'two']) await berth.output('exec', 'one', 'nslookup', name)
    await berth.output('network', 'rm', '-f', '-t', '0', 'names')
  })

  test('aardvark-dns killed: `network reload` brings the names back', async () => {
    await berth.output('network', 'create', '--subnet', '10.74.0.0/24', 'again')
    await berth.output('run', '-d', '--name', 'one', '--network', 'again', ...sleeper)
    process.kill(
      Number(readFileSync(join(berth.runRoot, 'network/netavark/aardvark-dns/aardvark.pid'), 'utf8')),
      'SIGKILL',
    )
    await berth.output('network', 'reload', 'one')
    await berth.output('exec', 'one', 'nslookup', 'one')
    await berth.output('network', 'rm', '-f', '-t', '0', 'again')
  })

  test('network update changes whom aardvark-dns asks, at once', async () => {
    await berth.output('network', 'create', '--subnet', '10.75.0.0/24', '--dns', '192.0.2.53', 'asks')
    await berth.output('run', '-d', '--name', 'one', '--network', 'asks', ...sleeper)
    const entries = () => readFileSync(join(berth.runRoot, 'network/netavark/aardvark-dns/asks'), 'utf8').split('\n')[0]
    expect(entries()).toBe('10.75.0.1 192.0.2.53')
    expect(await berth.output('network', 'update', '--dns-add', '192.0.2.54', '--dns-drop', '192.0.2.53', 'asks')).toBe(
      'asks',
    )
    expect(entries()).toBe('10.75.0.1 192.0.2.54')
    expect(await berth.output('network', 'inspect', '-f', '{{.NetworkDNSServers}}', 'asks')).toBe('[192.0.2.54]')
    await berth.output('network', 'update', '--dns-drop', '192.0.2.54', 'asks')
    expect(entries()).toBe('10.75.0.1')
    await berth.output('exec', 'one', 'nslookup', 'one')
    await berth.output('network', 'rm', '-f', '-t', '0', 'asks')
  })

  test.skipIf(missingPrerequisite('program:slirp4netns'))(
    'slirp4netns: ends with the monitor of its container, and leaves the namespaces of others alone',
    async () => {
      const pins = () => readdirSync('/run/netns').filter((name) => name.startsWith(host.name))
      const before = pins()
      await berth.output('run', '-d', '--name', 'one', '--network', 'slirp4netns', '-p', '8096:80', ...web)
      await waitUntil('the port answers', async () => (await answers('127.0.0.1', 8096)).stdout === 'hello\n')
      const alive = async () => (await host.output('ip', 'netns', 'pids', host.name)).split('\n').filter(Boolean)
      expect((await alive()).length).toBeGreaterThan(0)
      process.kill(Number(await berth.output('inspect', '-f', '{{.State.ConmonPid}}', 'one')), 'SIGKILL')
      await waitUntil('slirp4netns has ended', async () => (await answers('127.0.0.1', 8096)).stdout === '')
      await berth.output('rm', '-f', '-t', '0', 'one')
      expect(pins()).toEqual(before)
      // The pins are mounts: one that was detached is still listed.
      expect((await host.run('ip', 'link', 'show', 'dev', 'up0')).exitCode).toBe(0)
    },
  )

  test.skipIf(missingPrerequisite('program:podman'))('podman beside it: both default networks work', async () => {
    await using podman = openPodman({host})
    await podman.output('load', '-q', '-i', await busyboxArchive())
    await podman.output('run', '-d', '-p', '8097:80', ...web)
    await berth.output('run', '-d', '-p', '8098:80', ...web)
    for (const port of [8097, 8098, 8097])
      await waitUntil(`port ${port} answers`, async () => (await answers('127.0.0.1', port)).stdout === 'hello\n')
  })

  test('the names and leases of a network go with it', async () => {
    await berth.output('network', 'create', '--subnet', '10.76.0.0/24', 'gone')
    await berth.output('run', '--rm', '--network', 'gone', 'localhost/busybox', 'true')
    await berth.output('network', 'rm', 'gone')
    expect(existsSync(join(berth.runRoot, 'network/leases/gone'))).toBe(false)
    expect(existsSync(join(berth.runRoot, 'network/netavark/aardvark-dns/gone'))).toBe(false)
  })

  test('a pod goes with the network that its infra container is on', async () => {
    await berth.output('network', 'create', '--subnet', '10.77.0.0/24', 'podnet')
    await berth.output('pod', 'create', '--name', 'peas', '--network', 'podnet')
    await berth.output('network', 'rm', '-f', '-t', '0', 'podnet')
    expect((await berth.run(['pod', 'exists', 'peas'])).exitCode).toBe(1)
  })
})
