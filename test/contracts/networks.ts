import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {type HostNetwork, networkLeaks, noNetworkLeaks, openHostNetwork} from '../helpers/host-network.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {waitUntil} from '../helpers/wait-until.ts'

/**
 * What a pod and a container on one network are to each other, to the host and to the outside, whatever runtime is below: where
 * containers are machines, two of them serve all of these tests.
 */
export function describeNetworks(runtime: string, skip?: string): void {
  describe.skipIf(skip !== undefined)(`networks over ${runtime}${skip ? ` (${skip})` : ''}`, () => {
    let host: HostNetwork
    let berth: TestEngine

    beforeAll(async () => {
      host = await openHostNetwork()
      berth = openBerth({runtime, host})
      await berth.output('load', '-q', '-i', await busyboxArchive())
      await ok('network', 'create', '--ipv6', '--subnet', '10.78.0.0/24', '--subnet', 'fd78::/64', 'harbour')
      await ok('network', 'create', '--subnet', '10.79.0.0/24', 'quay')
      const published = ['-p', '127.0.0.1:8090:80', '-p', '192.0.2.10:8091:80']
      const shop = ['--name', 'shop', '--network', 'harbour:ip=10.78.0.10', '--network-alias', 'front', ...published]
      await ok('pod', 'create', ...shop, '-v', 'shared:/shared')
      await ok('run', '-d', '--pod', 'shop', '--name', 'web', 'busybox', 'nc', '-ll', '-p', '80', '-e', 'echo', 'hello')
      await ok('run', '-d', '--pod', 'shop', '--name', 'clerk', ...sleeper)
      const own = ['--ip', '10.78.0.20', '--ip6', 'fd78::20', '--mac-address', '02:00:00:00:be:20']
      const named = ['--name', 'alone', '--hostname', 'hermit', '--network-alias', 'solo', '--cap-add', 'NET_RAW']
      await ok('run', '-d', '--network', 'harbour', ...own, ...named, '-v', 'shared:/shared', ...sleeper)
    })
    afterAll(async () => {
      await berth?.run(['pod', 'rm', '-fa', '-t', '0'])
      await berth?.[Symbol.asyncDispose]()
      await host?.[Symbol.asyncDispose]()
    })

    const sleeper = ['busybox', 'sh', '-c', 'while :; do sleep 0.2; done']
    const ok = (...args: readonly string[]) => berth.output(...args)
    const sh = (container: string, script: string) => ok('exec', container, 'sh', '-c', script)
    const answers = (address: string, port: number) => `timeout 5 busybox nc ${address} ${port} </dev/null`
    const fromHost = async (address: string, port: number) =>
      (await host.run('sh', '-c', answers(address, port))).stdout
    const answersAgain = () =>
      waitUntil('the port answers', async () => (await fromHost('127.0.0.1', 8090)) === 'hello\n', {timeoutMs: 60_000})
    const interfaces = async () =>
      (await sh('alone', 'ls /sys/class/net')).split('\n').filter((name) => /^eth/.test(name))

    it('gives a container the addresses that were asked for', async () => {
      expect(await sh('alone', 'cat /sys/class/net/eth0/address')).toBe('02:00:00:00:be:20')
      const addresses = await sh('alone', 'ip -o address show dev eth0')
      expect(addresses).toContain('10.78.0.20/24')
      expect(addresses).toContain('fd78::20/64')
      const routes = await sh('alone', 'ip route; ip -6 route')
      expect(routes).toContain('default via 10.78.0.1 dev eth0')
      expect(routes).toContain('default via fd78::1 dev eth0')
      expect(await sh('alone', 'cat /etc/hosts')).toMatch(/10\.78\.0\.20\thermit alone\nfd78::20\thermit alone/)
    })

    it("lets the members of a pod share localhost, addresses and the pod's volume", async () => {
      await answersAgain()
      expect(await sh('clerk', answers('127.0.0.1', 80))).toBe('hello')
      const address = 'ip -o -4 address show dev eth0'
      expect(await sh('clerk', address)).toContain('10.78.0.10/24')
      expect(await sh('web', address)).toBe(await sh('clerk', address))
      await sh('web', 'echo sold > /shared/book')
      expect(await sh('clerk', 'cat /shared/book')).toBe('sold')
      expect(await sh('alone', 'cat /shared/book; echo seen >> /shared/book')).toBe('sold')
      expect(await sh('clerk', 'cat /shared/book')).toBe('sold\nseen')
    })

    it('resolves names, aliases and host names, both ways', async () => {
      expect(await sh('alone', 'nslookup front')).toContain('10.78.0.10')
      for (const name of ['alone', 'solo', 'hermit', 'alone.dns.podman'])
        expect(await sh('clerk', `nslookup ${name}`), name).toMatch(/10\.78\.0\.20|fd78::20/)
      expect(await sh('alone', answers('front', 80))).toBe('hello')
      expect((await berth.run(['exec', 'alone', 'nslookup', 'nosuch.dns.podman'])).exitCode).not.toBe(0)
    })

    it('publishes the port of a pod, and reaches the outside', async () => {
      expect(await fromHost('127.0.0.1', 8090)).toBe('hello\n')
      expect(await ok('port', 'web')).toBe('80/tcp -> 127.0.0.1:8090\n80/tcp -> 192.0.2.10:8091')
      const outside = await host.outside('sh', '-c', answers('192.0.2.10', 8091))
      expect(outside.stdout).toBe('hello\n')
      await sh('alone', 'ping -c 1 -W 10 192.0.2.1')
      await sh('alone', 'ping -6 -c 1 -W 10 2001:db8::1')
    })

    it('connects a running container to another network and takes it off again', async () => {
      await ok('network', 'connect', '--ip', '10.79.0.30', '--alias', 'guest', 'quay', 'alone')
      expect(await interfaces()).toEqual(['eth0', 'eth1'])
      expect(await sh('alone', 'ip -o -4 address show dev eth1')).toContain('10.79.0.30/24')
      expect(await sh('alone', 'nslookup guest')).toContain('10.79.0.30')
      expect(await sh('alone', 'cat /etc/hosts')).toContain('10.79.0.30\thermit alone')
      expect((await host.run('ping', '-c', '1', '-W', '10', '10.79.0.30')).exitCode).toBe(0)
      await ok('network', 'disconnect', 'harbour', 'alone')
      expect(await interfaces()).toEqual(['eth1'])
      expect((await berth.run(['exec', 'clerk', 'nslookup', 'solo'])).exitCode).not.toBe(0)
      expect((await host.run('ping', '-c', '1', '-W', '10', '10.79.0.30')).exitCode).toBe(0)
      await ok('network', 'connect', '--ip', '10.78.0.21', '--alias', 'solo', 'harbour', 'alone')
      expect(await interfaces()).toEqual(['eth0', 'eth1'])
      expect(await sh('clerk', 'nslookup solo')).toContain('10.78.0.21')
      await ok('network', 'disconnect', 'quay', 'alone')
      expect(await sh('alone', answers('front', 80))).toBe('hello')
    })

    it('loses one member of a pod alone, and has it back on the same address', async () => {
      await ok('kill', 'web')
      expect(await ok('wait', 'web')).toBe('137')
      expect(await fromHost('127.0.0.1', 8090)).toBe('')
      expect(await sh('clerk', 'cat /shared/book')).toBe('sold\nseen')
      await ok('start', 'web')
      await answersAgain()
      expect(await sh('alone', answers('10.78.0.10', 80))).toBe('hello')
    })

    it('has the firewall and the names made anew', async () => {
      for (const table of ['nat', 'filter']) await host.output('iptables', '-t', table, '-F')
      expect(await fromHost('127.0.0.1', 8090)).toBe('')
      await ok('network', 'reload', '--all')
      await answersAgain()
      expect(await sh('alone', answers('front', 80))).toBe('hello')
    })

    it('leaves nothing', async () => {
      const ids = (await ok('ps', '-aq', '--no-trunc')).split('\n')
      expect((await berth.run(['network', 'rm', 'harbour'])).stderr).toContain('network is being used')
      await ok('pod', 'rm', '-f', '-t', '0', 'shop')
      await ok('network', 'rm', '-f', '-t', '0', 'harbour', 'quay')
      expect(await ok('ps', '-aq')).toBe('')
      await waitUntil('the name server has ended', async () => (await networkLeaks(host, ids)).processes.length === 0)
      expect(await networkLeaks(host, ids)).toEqual(noNetworkLeaks)
      expect(readdirSync(join(berth.runRoot, 'network/containers'))).toEqual([])
      await ok('volume', 'rm', 'shared')
    })
  })
}
