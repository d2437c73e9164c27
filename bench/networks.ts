// Times containers with networks against the installed podman, each engine on a network of its own:
//   sh scripts/pinned-node.sh bench/networks.ts [--pairs N]
// and what of it is netavark's own, beside the same interfaces and rules made by ip and nft at once.
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

const {values: options} = parseArgs({
  options: {pairs: {type: 'string', default: '10'}},
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
    const operation = {name, target: 0.6, args: () => ['run', '--rm', ...args, image, 'true']}
    const {berth: mine, podman: other, ratio} = await measure(operation, berth, podman, Number(options.pairs))
    print(name, mine.milliseconds.toFixed(0), other.milliseconds.toFixed(0), ratio.toFixed(2))
  }
  try {
    await setUpAlone(berth, ours)
  } finally {
    await runCommand('ip', ['netns', 'delete', 'bt-bench'])
  }
}

/** netavark with the input that Berth gave it, and the least that any way of doing it needs. */
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
  }
  await leaner(berth, host)
}

/** As own code over netlink would: one batch of interface changes, one transaction of rules; two programs stand in. */
async function leaner(berth: TestEngine, host: HostNetwork): Promise<void> {
  const links = join(berth.directory, 'links')
  const inner = join(berth.directory, 'inner')
  const rules = join(berth.directory, 'rules')
  writeFileSync(
    links,
    'link add lean0 type bridge\naddress add 10.85.0.1/24 dev lean0\nlink set lean0 up\nlink add leanv master lean0 type veth peer name eth0 netns bt-bench\nlink set leanv up\n',
  )
  writeFileSync(
    inner,
    'link set lo up\naddress add 10.85.0.2/24 dev eth0\nlink set eth0 up\nroute add default via 10.85.0.1\n',
  )
  const chain = (name: string, hook: string) => `chain ${name} { type nat hook ${hook}; policy accept;`
  writeFileSync(
    rules,
    `table ip lean {\n${chain('post', 'postrouting priority srcnat')} ip saddr 10.85.0.0/24 ip daddr != 10.85.0.0/24 masquerade\n}\n${chain('out', 'output priority -100')} ip daddr 127.0.0.1 tcp dport 8080 dnat to 10.85.0.2:80\n}\n${chain('pre', 'prerouting priority dstnat')} fib daddr type local tcp dport 8080 dnat to 10.85.0.2:80\n}\n}\n`,
  )
  const up: number[] = []
  for (let round = 0; round < Number(options.pairs); round++) {
    await outputOf('ip', ['netns', 'add', 'bt-bench'])
    up.push(
      inside(host, '', 'ip', '-batch', links) +
        inside(host, '', 'ip', '-n', 'bt-bench', '-batch', inner) +
        inside(host, '', 'nft', '-f', rules),
    )
    await host.output('nft', 'delete', 'table', 'ip', 'lean')
    await outputOf('ip', ['netns', 'delete', 'bt-bench'])
    await host.output('ip', 'link', 'delete', 'lean0')
  }
  print('ip, ip and nft, one port', median(up).toFixed(0), '', '')
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
