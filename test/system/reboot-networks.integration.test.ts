import {readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {type HostNetwork, networkLeaks, noNetworkLeaks, openHostNetwork, processesIn} from '../helpers/host-network.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {powerOff} from '../helpers/power-off.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {waitUntil} from '../helpers/wait-until.ts'

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon', 'program:ip', 'program:iptables-save')

describe.skipIf(missing)('networks after a power cut', () => {
  test.each([
    ['the run directory is gone', false],
    ['the run directory is that of an earlier boot', true],
  ])('%s: addresses, names and ports come back, nothing is taken twice', async (_, keepRunDirectory) => {
    await using host = await openHostNetwork()
    await using berth = openBerth({runtime: 'runc', host})
    await berth.output('load', '-q', '-i', await busyboxArchive())
    await berth.output('network', 'create', '--subnet', '10.85.0.0/24', 'quay')
    const run = ['run', '-d', '--network', 'quay', '--name']
    const image = 'localhost/busybox'
    await berth.output(...run, 'fixed', '--ip', '10.85.0.2', image, 'sleep', '1000')
    const web = ['nc', '-ll', '-p', '80', '-e', 'echo', 'hello']
    await berth.output(...run, 'web', '-p', '127.0.0.1:8094:80', image, ...web)
    await berth.output(...run, 'gone', '--rm', image, 'sleep', '1000')
    await berth.output('pod', 'create', '--name', 'peas', '--network', 'quay', '-p', '127.0.0.1:8095:80')
    await berth.output('run', '-d', '--pod', 'peas', '--name', 'pea', image, ...web)
    const ids = (await berth.output('ps', '-aq', '--no-trunc')).split('\n')

    await cutPower(berth, host, ids, keepRunDirectory)

    expect(await berth.output('ps', '-q')).toBe('')
    // An address that was asked for is not kept for who does not run, as with podman.
    await berth.output('start', 'fixed')
    await berth.output('start', 'web')
    await berth.output('pod', 'start', 'peas')
    const addresses = await Promise.all(['fixed', 'web', 'pea'].map((name) => addressOf(berth, name)))
    expect(addresses[0]).toBe('10.85.0.2')
    expect(new Set(addresses).size).toBe(3)
    for (const [index, name] of ['fixed', 'web'].entries())
      expect(await berth.output('exec', 'pea', 'nslookup', name)).toContain(addresses[index])
    for (const port of ['8094', '8095'])
      await waitUntil(`port ${port} answers`, async () => {
        const {stdout} = await host.run('timeout', '3', 'busybox', 'nc', '127.0.0.1', port)
        return stdout === 'hello\n'
      })
    const leases = readdirSync(join(berth.runRoot, 'network/leases/quay')).filter((name) => name !== '.last')
    expect(leases.sort()).toEqual([...addresses].sort())
    expect((await berth.run(['container', 'exists', 'gone'])).exitCode).toBe(1)

    await berth.output('pod', 'rm', '-fa', '-t', '0')
    await berth.output('rm', '-fa', '-t', '0')
    await waitUntil('the name server has ended', async () => (await networkLeaks(host, ids)).processes.length === 0)
    expect(await networkLeaks(host, ids)).toEqual(noNetworkLeaks)
    expect(readdirSync(join(berth.runRoot, 'network/containers'))).toEqual([])
  })
})

async function addressOf(berth: TestEngine, container: string): Promise<string> {
  const found = await berth.output('exec', container, 'ip', '-o', '-4', 'address', 'show', 'dev', 'eth0')
  return /inet ([\d.]+)/.exec(found)?.[1] ?? found
}

/** With the processes go the namespaces, the bridges and the rules of the host. */
async function cutPower(
  berth: TestEngine,
  host: HostNetwork,
  ids: readonly string[],
  keepRunDirectory: boolean,
): Promise<void> {
  await powerOff(berth, {keepRunDirectory})
  for (const pid of await processesIn(host.name)) process.kill(pid, 'SIGKILL')
  // A process that is on its way out has lost its command line, but not yet its sockets.
  await waitUntil('nobody listens', async () => !/ 0A /.test(await host.output('cat', '/proc/net/tcp')))
  for (const {namespaces, devices} of [await networkLeaks(host, ids)]) {
    for (const name of namespaces) await host.output('ip', 'netns', 'delete', name)
    for (const name of devices) await host.run('ip', 'link', 'delete', name)
  }
  for (const program of ['iptables', 'ip6tables'])
    for (const table of ['nat', 'filter']) {
      await host.output(program, '-t', table, '-F')
      await host.output(program, '-t', table, '-X')
    }
  if (keepRunDirectory) writeFileSync(join(berth.runRoot, 'libpod/boot-id'), '00000000-0000-0000-0000-000000000000\n')
}
