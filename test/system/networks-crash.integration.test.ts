import {spawn} from 'node:child_process'
import {existsSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {describe, expect, test} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {type HostNetwork, networkLeaks, noNetworkLeaks, openHostNetwork} from '../helpers/host-network.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {generator, KillMoments} from '../helpers/kill-at-random.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {waitUntil} from '../helpers/wait-until.ts'

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon', 'program:ip', 'program:iptables-save')
const rounds = Number(process.env.BERTH_CRASH_ROUNDS ?? 60)
const seed = Number(process.env.BERTH_CRASH_SEED ?? Date.now() % 1_000_000)
const image = ['localhost/busybox', 'sleep', '1000']

/** What is killed, and about twice how long it takes. */
const commands: readonly (readonly [durationMs: number, ...args: readonly string[]])[] = [
  [200, 'network', 'create', '--subnet', '10.83.0.0/24', 'new'],
  [200, 'network', 'rm', '-f', '-t', '0', 'new'],
  [500, 'run', '-d', '--name', 'c', '--network', 'one', '-p', '8080:80', ...image],
  [500, 'run', '-d', '--name', 'd', '--network', 'one', '--network', 'two', '-p', '[2001:db8::10]:8081:80', ...image],
  [300, 'network', 'connect', 'two', 'c'],
  [300, 'network', 'disconnect', 'two', 'c'],
  [300, 'network', 'connect', 'lan', 'c'],
  [300, 'network', 'disconnect', 'lan', 'c'],
  [300, 'network', 'connect', '--ip', '10.81.0.77', 'one', 'c'],
  [300, 'network', 'disconnect', 'one', 'd'],
  [300, 'network', 'reload', '--all'],
  [400, 'rm', '-f', '-t', '0', 'c'],
  [400, 'rm', '-f', '-t', '0', 'd'],
  [400, 'stop', '-t', '0', 'd'],
  [400, 'start', 'd'],
  [200, 'network', 'prune', '-f'],
]

describe.skipIf(missing)('kill -9 of network commands', () => {
  test(`${rounds} at random moments: records stay readable, nothing leaks (seed ${seed})`, {
    timeout: 900_000,
  }, async () => {
    await using host = await openHostNetwork()
    await using berth = openBerth({runtime: 'runc', host})
    await berth.output('load', '-q', '-i', await busyboxArchive())
    const random = generator(seed)
    const ids = new Set<string>()
    const moments = new KillMoments(random)
    for (let round = 0; round < rounds; round++) {
      for (const words of [
        ['--subnet', '10.81.0.0/24', 'one'],
        ['--subnet', '10.82.0.0/24', '--subnet', 'fd82::/64', '--route', '10.9.0.0/16,10.82.0.9', 'two'],
        ['-d', 'macvlan', '-o', 'parent=up0', '--subnet', '10.84.0.0/24', 'lan'],
      ])
        await berth.output('network', 'create', '--ignore', ...words)
      const [durationMs = 0, ...args] = commands[Math.floor(random() * commands.length)] ?? [0]
      moments.note(await killAfter(berth, args as string[], moments.next(durationMs)))
      await expectReadable(berth, ids, `round ${round}: ${args.join(' ')}`)
    }
    expect(moments.killed, 'commands that were still running').toBeGreaterThan(rounds / 4)
    await expectSound(berth, host, [...ids])
  })
})

async function killAfter(berth: TestEngine, args: readonly string[], afterMs: number): Promise<boolean> {
  const [program, ...words] = berth.commandLine(args)
  const child = spawn(program, words, {env: {...process.env, ...berth.setup.env}, stdio: 'ignore'})
  const ended = new Promise<boolean>((resolve) => child.once('exit', (code) => resolve(code === null)))
  await Promise.race([ended, sleep(afterMs)])
  child.kill('SIGKILL')
  return ended
}

async function expectReadable(berth: TestEngine, ids: Set<string>, when: string): Promise<void> {
  const listed = await berth.run(['ps', '-aq', '--no-trunc'])
  expect(listed, when).toMatchObject({exitCode: 0, stderr: ''})
  for (const id of listed.stdout.split('\n').filter(Boolean)) ids.add(id)
  const names = (await berth.output('network', 'ls', '-q')).split('\n')
  expect(names, when).toContain('berth')
  const networks = await berth.run(['network', 'inspect', ...names])
  expect(networks, when).toMatchObject({exitCode: 0, stderr: ''})
}

/** A container that runs is connected as its record says; after all are removed nothing of them is left. */
async function expectSound(berth: TestEngine, host: HostNetwork, ids: readonly string[]): Promise<void> {
  const listed = await berth.output('ps', '-a', '--format', '{{.Names}}')
  for (const name of listed.split('\n').filter(Boolean)) {
    await berth.run(['start', name])
    const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}/24 {{.GlobalIPv6Address}}/64 {{end}}'
    const seen = await berth.run(['inspect', '-f', format, name])
    const inside = await berth.run(['exec', name, 'ip', '-o', 'address'])
    for (const address of seen.stdout
      .trim()
      .split(' ')
      .filter((word) => !word.startsWith('/')))
      expect(inside.stdout).toContain(` ${address} `)
  }
  await berth.output('rm', '-fa', '-t', '0')
  expect(await berth.run(['system', 'check'])).toMatchObject({exitCode: 0, stdout: '', stderr: ''})
  await waitUntil('processes have ended', async () => (await networkLeaks(host, ids)).processes.length === 0)
  expect(await networkLeaks(host, ids)).toEqual(noNetworkLeaks)
  const leases = filesBelow(join(berth.runRoot, 'network/leases'))
  expect(leases.filter((path) => /\/\d/.test(path) && !path.includes('.last'))).toEqual([])
  expect(filesBelow(join(berth.runRoot, 'network/containers'))).toEqual([])
}

/** No command may have lived until there was any. */
function filesBelow(directory: string): readonly string[] {
  return existsSync(directory) ? readdirSync(directory, {recursive: true, encoding: 'utf8'}) : []
}
