import {readdirSync} from 'node:fs'
import {type CommandResult, outputOf, runCommand} from './command.ts'

let count = 0

/**
 * A network of its own to run an engine in, as if on another host: loopback, and an uplink `up0` to an outside with the
 * addresses 192.0.2.10/24 and 2001:db8::10/64; the outside is 192.0.2.1 and 2001:db8::1. Nothing of it is seen elsewhere.
 */
export interface HostNetwork extends AsyncDisposable {
  readonly name: string
  /** Its namespace. */
  readonly path: string
  run(program: string, ...args: readonly string[]): Promise<CommandResult>
  output(program: string, ...args: readonly string[]): Promise<string>
  /** Runs a program on the other end of the uplink. */
  outside(program: string, ...args: readonly string[]): Promise<CommandResult>
}

export async function openHostNetwork(): Promise<HostNetwork> {
  const name = `bt-${process.pid}-${count++}`
  const outside = `${name}-out`
  const ip = (namespace: string, ...args: readonly string[]) => outputOf('ip', ['-n', namespace, ...args])
  for (const namespace of [name, outside]) {
    await outputOf('ip', ['netns', 'add', namespace])
    await ip(namespace, 'link', 'set', 'lo', 'up')
  }
  await ip(name, 'link', 'add', 'up0', 'type', 'veth', 'peer', 'name', 'up0', 'netns', outside)
  for (const [namespace, host] of [
    [name, '10'],
    [outside, '1'],
  ] as const) {
    await ip(namespace, 'address', 'add', `192.0.2.${host}/24`, 'dev', 'up0')
    await ip(namespace, 'address', 'add', `2001:db8::${host}/64`, 'dev', 'up0', 'nodad')
    await ip(namespace, 'link', 'set', 'up0', 'up')
  }
  await ip(name, 'route', 'add', 'default', 'via', '192.0.2.1')
  await ip(name, '-6', 'route', 'add', 'default', 'via', '2001:db8::1')
  return {
    name,
    path: `/run/netns/${name}`,
    run: (program, ...args) => runCommand('ip', ['netns', 'exec', name, program, ...args]),
    output: (program, ...args) => outputOf('ip', ['netns', 'exec', name, program, ...args]),
    outside: (program, ...args) => runCommand('ip', ['netns', 'exec', outside, program, ...args]),
    [Symbol.asyncDispose]: () => remove([name, outside]),
  }
}

async function remove(names: readonly string[]): Promise<void> {
  for (const name of names) {
    for (const pid of await processesIn(name)) kill(pid)
    await outputOf('ip', ['netns', 'delete', name])
  }
}

/** What lives in the namespace: name servers of networks, for one. */
export async function processesIn(name: string): Promise<readonly number[]> {
  const listed = await outputOf('ip', ['netns', 'pids', name])
  return listed.split('\n').filter(Boolean).map(Number)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}

export interface NetworkLeaks {
  /** Pinned namespaces of containers. */
  readonly namespaces: readonly string[]
  /** Devices besides loopback and the uplink. */
  readonly devices: readonly string[]
  /** Firewall rules that name an address or a port, without counters. */
  readonly rules: readonly string[]
  readonly processes: readonly number[]
}

/** What containers have left in a host network. @param ids full ids of those it had */
export async function networkLeaks(host: HostNetwork, ids: readonly string[]): Promise<NetworkLeaks> {
  const links = await host.output('ip', '-o', 'link')
  const rules = await host.output('sh', '-c', 'iptables-save; ip6tables-save')
  return {
    namespaces: readdirSync('/run/netns').filter((name) => ids.some((id) => name.includes(id.slice(0, 32)))),
    devices: [...links.matchAll(/^\d+: ([^:@]+)/gm)].flatMap(([, name = '']) =>
      name === 'lo' || name === 'up0' ? [] : [name],
    ),
    rules: rules.split('\n').filter((rule) => / (-s|-d|--dport) (?!224\.0\.0\.0)/.test(rule)),
    processes: await processesIn(host.name),
  }
}

export const noNetworkLeaks: NetworkLeaks = {namespaces: [], devices: [], rules: [], processes: []}
