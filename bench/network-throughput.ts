// How much two containers say to each other, and one to the host through a published port: podman and Berth on runc, and Berth's
// machines, each on a network of its own:
//   sh scripts/pinned-node.sh bench/network-throughput.ts [--runs N] [--only podman|runc|berth-vm]
import {parseArgs} from 'node:util'
import {openBerth, type TestEngine} from '../test/helpers/engine.ts'
import {type HostNetwork, openHostNetwork} from '../test/helpers/host-network.ts'
import {busyboxArchive} from '../test/helpers/images.ts'
import {openPodman} from '../test/helpers/podman.ts'
import {waitUntil} from '../test/helpers/wait-until.ts'
import {median} from './measure.ts'

const {values: options} = parseArgs({options: {runs: {type: 'string', default: '5'}, only: {type: 'string'}}})
const image = 'localhost/busybox'
const BLOCK = 65_536
/** Some tenths of a second's worth, so that a connection's start is small beside it. */
const plain = 8192
const emulated = 512

await main()

async function main(): Promise<void> {
  print('engine', 'container to container, MB/s', 'host to container, MB/s', 'container to host, MB/s')
  if (wanted('podman')) await measureEngine('podman', (host) => openPodman({host}), plain)
  for (const runtime of ['runc', 'berth-vm'] as const)
    if (wanted(runtime))
      await measureEngine(
        `berth, ${runtime}`,
        (host) => openBerth({runtime, host}),
        runtime === 'runc' ? plain : emulated,
      )
}

function wanted(name: string): boolean {
  return options.only === undefined || options.only === name
}

async function measureEngine(name: string, open: (host: HostNetwork) => TestEngine, blocks: number): Promise<void> {
  await using host = await openHostNetwork()
  await using engine = open(host)
  await engine.output('load', '-q', '-i', await busyboxArchive())
  await engine.output('network', 'create', '--subnet', '10.84.0.0/24', 'wide')
  const run = ['run', '-d', '--network', 'wide']
  // dd reads from the socket and writes to it by itself: nc only opens it.
  const send = `dd if=/dev/zero bs=${BLOCK} count=${blocks}`
  const receive = `dd of=/dev/null bs=${BLOCK}`
  const servers = `nc -ll -p 80 -e ${send} & nc -ll -p 81 -e ${receive}`
  const ports = ['-p', '127.0.0.1:8080:80', '-p', '127.0.0.1:8081:81']
  await engine.output(...run, '--name', 'server', ...ports, image, 'sh', '-c', `${servers} 2>/dev/null`)
  await engine.output(...run, '--name', 'client', image, 'sleep', '10000')
  const inside = (script: string) => engine.output('exec', 'client', 'sh', '-c', script)
  const outside = (script: string) => host.output('sh', '-c', script)
  await waitUntil('the server', async () => Number(await outside('busybox nc 127.0.0.1 8080 </dev/null | wc -c')) > 0)

  const bytes = blocks * BLOCK
  const between = await rate(bytes, () => inside(timed(`nc server 80 -e ${receive}`)))
  const into = await rate(bytes, () => outside(timed(`busybox nc 127.0.0.1 8081 -e busybox ${send}`)))
  const from = await rate(bytes, () => outside(timed(`busybox nc 127.0.0.1 8080 -e busybox ${receive}`)))
  print(name, between, into, from)
  await engine.output('rm', '-fa', '-t', '0')
}

/** Prints the seconds that the script took, by the clock of where it runs. */
function timed(script: string): string {
  const now = "cut -d' ' -f1 /proc/uptime"
  return `begin=$(${now}); ${script} 2>/dev/null; end=$(${now}); echo $begin $end`
}

async function rate(bytes: number, once: () => Promise<string>): Promise<string> {
  const rates: number[] = []
  for (let round = 0; round <= Number(options.runs); round++) {
    const [begin = 0, end = 0] = (await once()).trim().split(' ').map(Number)
    // Round 0 warms up.
    if (round > 0) rates.push(bytes / 1e6 / (end - begin))
  }
  return `${median(rates).toFixed(0)} (${Math.min(...rates).toFixed(0)}-${Math.max(...rates).toFixed(0)})`
}

function print(...cells: readonly string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}
