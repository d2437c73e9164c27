import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {openBerth} from '../helpers/engine.ts'
import {networkLeaks, noNetworkLeaks, openHostNetwork} from '../helpers/host-network.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {waitUntil} from '../helpers/wait-until.ts'

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon', 'program:ip', 'program:iptables-save')
const count = Number(process.env.BERTH_CROWD ?? 50)
const numbers = Array.from({length: count}, (_, index) => index)

describe.skipIf(missing)('many containers on one network', () => {
  test(`${count}, started 8 at a time: each has an address, a name and a port, and nothing stays`, {
    timeout: 300_000,
  }, async () => {
    await using host = await openHostNetwork()
    await using berth = openBerth({runtime: 'runc', host})
    await berth.output('load', '-q', '-i', await busyboxArchive())
    await berth.output('network', 'create', '--subnet', '10.80.0.0/24', 'crowd')
    await berth.output('network', 'create', '--subnet', '10.81.0.0/24', '--subnet', 'fd81::/64', 'both')
    const ids = await eightAtATime(numbers, (number) => {
      const second = isOnBoth(number) ? ['--network', 'both', '-p', `[2001:db8::10]:${21_000 + number}:80`] : []
      const port = ['-p', `127.0.0.1:${20_000 + number}:80`]
      const where = ['--name', `c${number}`, '--network', 'crowd', ...port, ...second]
      return berth.output(
        'run',
        '-d',
        ...where,
        'localhost/busybox',
        'nc',
        '-ll',
        '-p',
        '80',
        '-e',
        'echo',
        `c${number}`,
      )
    })

    const addresses = await berth.output('inspect', '-f', '{{.NetworkSettings.Networks.crowd.IPAddress}}', ...ids)
    expect(new Set(addresses.split('\n')).size).toBe(count)
    const names = `for i in $(seq 0 ${count - 1}); do nslookup c$i.dns.podman | grep -q 10.80.0 || echo c$i; done`
    expect(await berth.output('exec', 'c0', 'sh', '-c', names), 'names that do not resolve').toBe('')
    const ports = `for i in $(seq 0 ${count - 1}); do timeout 5 busybox nc 127.0.0.1 $((20000 + i)); done`
    expect((await host.output('sh', '-c', ports)).split('\n')).toEqual(numbers.map((number) => `c${number}`))

    const onBoth = numbers.filter(isOnBoth)
    const format = '{{.NetworkSettings.Networks.both.GlobalIPv6Address}}'
    const sixes = await berth.output('inspect', '-f', format, ...onBoth.map((number) => `c${number}`))
    expect(new Set(sixes.split('\n').filter((address) => address.startsWith('fd81::'))).size).toBe(onBoth.length)
    const outside = `for i in ${onBoth.join(' ')}; do timeout 5 busybox nc 2001:db8::10 $((21000 + i)); done`
    expect((await host.outside('sh', '-c', outside)).stdout.trim().split('\n')).toEqual(
      onBoth.map((number) => `c${number}`),
    )

    await berth.output('rm', '-fa', '-t', '0')
    await waitUntil('the name server has ended', async () => (await networkLeaks(host, ids)).processes.length === 0)
    expect(await networkLeaks(host, ids)).toEqual(noNetworkLeaks)
    const files = (directory: string) => readdirSync(join(berth.runRoot, 'network', directory))
    for (const name of ['crowd', 'both']) expect(files(`leases/${name}`).filter((each) => each !== '.last')).toEqual([])
    expect(files('containers')).toEqual([])
    expect(files('netavark/aardvark-dns').filter((name) => name !== 'aardvark.pid')).toEqual([])
  })
})

/** Every fifth: its network has two families, and so is netavark's, while the others' is made without it. */
function isOnBoth(number: number): boolean {
  return number % 5 === 0
}

async function eightAtATime<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const queue = items.entries()
  const work = async () => {
    for (const [index, item] of queue) results[index] = await act(item)
  }
  await Promise.all(Array.from({length: 8}, work))
  return results
}
