// Times the making of a plain bridge, in the network namespace it is started in; bench/networks.ts starts it:
//   node bench/plain-bridge.ts INPUT NETNS DIRECTORY ROUNDS NETAVARK
// Prints `{"setup": […], "teardown": […]}`, milliseconds of each round.
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {AardvarkEntries} from '../src/network/aardvark-entries.ts'
import {NameServer} from '../src/network/name-server.ts'
import {Netavark} from '../src/network/netavark.ts'
import type {NetworkInput} from '../src/network/network-driver.ts'
import {Firewall} from '../src/network/plain/firewall.ts'
import {KnownNetavark} from '../src/network/plain/known-netavark.ts'
import {PlainBridges} from '../src/network/plain/plain-bridges.ts'
import {RunningNetavark} from '../src/network/running-netavark.ts'

await main(process.argv.slice(2))

async function main([
  input = '',
  netns = '',
  directory = '',
  rounds = '',
  netavark = '',
]: readonly string[]): Promise<void> {
  const driver = openDriver(directory, netavark)
  const wanted = JSON.parse(readFileSync(input, 'utf8')) as NetworkInput
  const times = {setup: [] as number[], teardown: [] as number[]}
  for (let round = 0; round < Number(rounds); round++) {
    times.setup.push(await timed(() => driver.setUp(netns, wanted)))
    times.teardown.push(await timed(() => driver.tearDown(netns, wanted)))
  }
  process.stdout.write(`${JSON.stringify(times)}\n`)
}

function openDriver(directory: string, netavark: string): PlainBridges {
  const entries = new AardvarkEntries(join(directory, 'aardvark-dns'))
  const running = new RunningNetavark(join(directory, 'running'), directory)
  const behind = new Netavark(netavark, undefined, directory, {entries, running})
  const known = new KnownNetavark(netavark, behind, running, join(directory, 'version.json'))
  return new PlainBridges(
    new Firewall(join(directory, 'firewall.lock')),
    new NameServer(undefined, entries),
    behind,
    known,
  )
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const begin = process.hrtime.bigint()
  await act()
  return Number(process.hrtime.bigint() - begin) / 1e6
}
