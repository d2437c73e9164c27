// Times containers with networks against the installed podman, each engine on a network of its own:
//   sh scripts/pinned-node.sh bench/networks.ts [--pairs N] [--only REGEXP]
// and what making the network alone takes netavark and Berth, with the same input.
import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {outputOf, runCommand} from '../test/helpers/command.ts'
import {openBerth, type TestEngine} from '../test/helpers/engine.ts'
import {type HostNetwork, openHostNetwork} from '../test/helpers/host-network.ts'
import {busyboxArchive} from '../test/helpers/images.ts'
import {openPodman} from '../test/helpers/podman.ts'
import {measure, median} from './measure.ts'
import type {Operation} from './operations.ts'

const {values: options} = parseArgs({
  options: {pairs: {type: 'string', default: '10'}, only: {type: 'string', default: ''}},
})
const image = 'localhost/busybox'
await main()

async function main(): Promise<void> {
  await using ours = await openHostNetwork()
  await using theirs = await openHostNetwork()
  await using podman = openPodman({host: theirs})
  await using berth = openBerth({runtime: 'runc', host: ours})
  for (const engine of [berth, podman]) {
    await engine.output('load', '-q', '-i', await busyboxArchive())
    await engine.output('network', 'create', '--subnet', '10.84.0.0/24', 'named')
  }
  print('operation', 'berth ms', 'podman ms', 'ratio')
  for (const [name, ...args] of [
    ['run --rm --network none', '--network', 'none'],
    ['run --rm, default bridge', '--network', 'bridge'],
    ['run --rm, bridge with names', '--network', 'named'],
    ['run --rm -p, default bridge', '-p', '127.0.0.1:8080:80'],
  ] as const) {
    await compare({name, target: 0.6, args: () => ['run', '--rm', ...args, image, 'true']}, berth, podman)
  }
  for (const operation of pods()) await compare(operation, berth, podman)
  try {
    if (options.only === '') await setUpAlone(berth, ours)
  } finally {
    await runCommand('ip', ['netns', 'delete', 'bt-bench'])
  }
}

async function compare(operation: Operation, berth: TestEngine, podman: TestEngine): Promise<void> {
  if (!new RegExp(options.only).test(operation.name)) return
  const {berth: mine, podman: other, ratio} = await measure(operation, berth, podman, Number(options.pairs))
  print(operation.name, mine.milliseconds.toFixed(0), other.milliseconds.toFixed(0), ratio.toFixed(2))
}

/** Made, started, stopped and removed, each as far as a user waits for it. */
function pods(): Operation[] {
  const kinds = [
    ['--network none', '--network', 'none'],
    ['default bridge'],
    ['-p, default bridge', '-p', '127.0.0.1:8080:80'],
  ] as const
  const create = (args: readonly string[]) => ['pod', 'create', ...args, '--name', 'p']
  const member = ['create', '--pod', 'p', image, 'sleep', '1000']
  const start = ['pod', 'start', 'p']
  const remove = async (engine: TestEngine) => void (await engine.output('pod', 'rm', '-f', '-t', '0', 'p'))
  const running = (args: readonly string[]) => async (engine: TestEngine) => {
    for (const line of [create(args), member, start]) await engine.output(...line)
  }
  const stop = ['pod', 'stop', '-t', '0', 'p']
  return kinds.flatMap(([kind, ...args]) => [
    {name: `pod create and start, ${kind}`, target: 0.6, args: () => create(args), next: () => [start], after: remove},
    {
      name: `pod create, create --pod and pod start, ${kind}`,
      target: 0.6,
      args: () => create(args),
      next: () => [member, start],
      after: remove,
    },
    {name: `pod stop, ${kind}`, target: 0.6, before: running(args), args: () => stop, after: remove},
    {name: `pod rm -f, ${kind}`, target: 0.6, before: running(args), args: () => ['pod', 'rm', '-f', '-t', '0', 'p']},
  ])
}

/** netavark and Berth's own way, with the input of a container of Berth's. */
async function setUpAlone(berth: TestEngine, host: HostNetwork): Promise<void> {
  for (const ports of [[], ['-p', '127.0.0.1:8080:80']]) {
    await berth.output('run', '-d', '--name', 'c', ...ports, image, 'sleep', '1000')
    const records = join(berth.runRoot, 'network/containers')
    const [file = ''] = readdirSync(records).filter((name) => name.endsWith('.json'))
    const {input} = JSON.parse(readFileSync(join(records, file), 'utf8')) as {input: object}
    await berth.output('rm', '-f', '-t', '0', 'c')
    const netavark = (verb: string) =>
      inside(
        host,
        JSON.stringify(input),
        findNetavark(),
        '--config',
        join(berth.directory, 'nv'),
        verb,
        '/run/netns/bt-bench',
      )
    mkdirSync(join(berth.directory, 'nv'), {recursive: true})
    const times = {setup: [] as number[], teardown: [] as number[]}
    await outputOf('ip', ['netns', 'add', 'bt-bench'])
    for (let round = 0; round < Number(options.pairs); round++) {
      times.setup.push(netavark('setup'))
      times.teardown.push(netavark('teardown'))
    }
    await outputOf('ip', ['netns', 'delete', 'bt-bench'])
    const what = ports.length > 0 ? 'one port' : 'no port'
    print(`netavark setup, ${what}`, median(times.setup).toFixed(0), '', '')
    print(`netavark teardown, ${what}`, median(times.teardown).toFixed(0), '', '')
    await ownWay(berth, host, input, what)
  }
}

async function ownWay(berth: TestEngine, host: HostNetwork, input: object, what: string): Promise<void> {
  const file = join(berth.directory, 'input.json')
  writeFileSync(file, JSON.stringify(input))
  const script = join(import.meta.dirname, 'plain-bridge.ts')
  const words = [file, '/run/netns/bt-bench', join(berth.directory, 'nv'), options.pairs, findNetavark()]
  await outputOf('ip', ['netns', 'add', 'bt-bench'])
  const printed = await outputOf('nsenter', [`--net=${host.path}`, process.execPath, script, ...words])
  await outputOf('ip', ['netns', 'delete', 'bt-bench'])
  const times = JSON.parse(printed) as {readonly setup: readonly number[]; readonly teardown: readonly number[]}
  print(`own setup, ${what}`, median(times.setup).toFixed(0), '', '')
  print(`own teardown, ${what}`, median(times.teardown).toFixed(0), '', '')
}

function inside(host: HostNetwork, input: string, ...command: readonly string[]): number {
  const begin = process.hrtime.bigint()
  const {status, stdout, stderr} = spawnSync('nsenter', [`--net=${host.path}`, ...command], {input, encoding: 'utf8'})
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stdout}${stderr}`)
  return Number(process.hrtime.bigint() - begin) / 1e6
}

function findNetavark(): string {
  const places = ['/usr/libexec/podman/netavark', '/usr/lib/podman/netavark']
  return places.find((path) => existsSync(path)) ?? 'netavark'
}

function print(...cells: readonly string[]): void {
  process.stdout.write(`${cells.join(' | ')}\n`)
}
