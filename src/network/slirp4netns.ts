import {closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {connect} from 'node:net'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {EngineError} from '../errors/index.ts'
import {
  identifyProcess,
  inNetworkNamespace,
  killAndWait,
  killProcess,
  type ProcessIdentity,
  spawnDetached,
} from '../host/index.ts'
import {parseCidr, toAddress} from './cidr.ts'
import {bindHostPorts} from './host-ports.ts'
import type {PortMapping} from './network-record.ts'
import type {SlirpOptions} from './slirp-options.ts'

/** The network that slirp4netns makes: one interface, whose packets become connections of the host's own. */
export class Slirp4netns {
  readonly #program: string
  readonly #directory: string

  /** @param directory per boot; sockets and messages lie there */
  constructor(program: string, directory: string) {
    this.#program = program
    this.#directory = directory
  }

  /**
   * Starts it for a namespace and returns when the interface is there and the ports are forwarded. It ends when the other end of
   * `lifeline` is closed everywhere.
   * @throws ERR_PORT_IN_USE, ERR_PROGRAM_MISSING, ERR_NETWORK_SETUP in slirp4netns's words
   */
  async start(
    netns: string,
    id: string,
    options: SlirpOptions,
    ports: readonly PortMapping[],
    lifeline: number,
  ): Promise<ProcessIdentity> {
    for (const descriptor of bindHostPorts(ports)) closeSync(descriptor)
    mkdirSync(this.#directory, {recursive: true, mode: 0o700})
    if (options.ipv6) withoutAddressProbes(netns)
    const socket = this.#path(id, 'sock')
    rmSync(socket, {force: true})
    const pid = await this.#spawn(id, [...programArgs(options), '--api-socket', socket, netns, 'tap0'], lifeline)
    const process_ = identifyProcess(pid)
    if (!process_) throw new EngineError('ERR_NETWORK_SETUP', 'slirp4netns has ended')
    try {
      for (const mapping of ports) await forward(socket, mapping, slirpAddresses(options).container)
    } catch (error) {
      killProcess(pid)
      throw error
    }
    return process_
  }

  /** Its ports are free afterwards. One that has ended is success. */
  async stop(id: string, process_: ProcessIdentity | undefined): Promise<void> {
    if (process_) await killAndWait(process_)
    for (const kind of ['sock', 'log'] as const) rmSync(this.#path(id, kind), {force: true})
  }

  async #spawn(id: string, args: readonly string[], lifeline: number): Promise<number> {
    const log = openSync(this.#path(id, 'log'), 'w', 0o600)
    try {
      const words = ['-c', '-e', '3', '-r', '4', ...args]
      const child = await spawnDetached('unshare', [...OWN_MOUNTS, this.#program, ...words], {
        stdio: ['ignore', log, log, lifeline, 'pipe'],
      })
      const ready = child.pipes[4]
      // It writes 1 once the interface is configured; an end without it is a failure.
      const said = ready ? await text(ready) : ''
      child.release()
      if (said === '1') return child.pid
      throw new EngineError('ERR_NETWORK_SETUP', `slirp4netns failed: ${lastLine(this.#path(id, 'log'))}`)
    } finally {
      closeSync(log)
    }
  }

  /** Short: the path of a socket has 107 bytes at most. */
  #path(id: string, kind: 'sock' | 'log'): string {
    return join(this.#directory, `${id.slice(0, 12)}.${kind}`)
  }
}

/** The addresses of a container, of the host as it sees it, and of the name server. */
export function slirpAddresses({cidr}: Pick<SlirpOptions, 'cidr'>) {
  const {first, bits} = parseCidr(cidr)
  const numbered = (number: bigint) => toAddress(first + number, bits)
  return {container: numbered(100n), host: numbered(2n), nameServer: numbered(3n)}
}

/** Nobody else is on its network: an address need not wait until it is known to be free. */
function withoutAddressProbes(netns: string): void {
  inNetworkNamespace(netns, () => writeFileSync('/proc/sys/net/ipv6/conf/default/accept_dad', '0'))
}

/** Its sandbox detaches every mount it finds: those that are shared would go from the host as well, with all pinned namespaces. */
const OWN_MOUNTS = ['--mount', '--propagation', 'private', '--']

function programArgs({cidr, mtu, ipv6, hostLoopback, outboundAddress, outboundAddress6}: SlirpOptions): string[] {
  return [
    ...(hostLoopback ? [] : ['--disable-host-loopback']),
    ...[`--mtu=${mtu}`, '--enable-sandbox', '--enable-seccomp', `--cidr=${cidr}`],
    ...(ipv6 ? ['--enable-ipv6'] : []),
    ...(outboundAddress ? [`--outbound-addr=${outboundAddress}`] : []),
    ...(outboundAddress6 ? [`--outbound-addr6=${outboundAddress6}`] : []),
    '--netns-type=path',
  ]
}

/** @see slirp4netns(1), API: add_hostfwd */
async function forward(socket: string, mapping: PortMapping, container: string): Promise<void> {
  for (let offset = 0; offset < mapping.range; offset++)
    await ask(socket, {
      execute: 'add_hostfwd',
      arguments: {
        proto: mapping.protocol,
        host_addr: mapping.host_ip || '0.0.0.0',
        host_port: mapping.host_port + offset,
        guest_addr: container,
        guest_port: mapping.container_port + offset,
      },
    })
}

/** One question, one answer, per connection. */
async function ask(socket: string, question: object): Promise<void> {
  const connection = connect(socket)
  connection.end(JSON.stringify(question))
  const answer = JSON.parse(await text(connection)) as {error?: {desc?: string}}
  if (answer.error) throw new EngineError('ERR_NETWORK_SETUP', `slirp4netns: ${answer.error.desc ?? 'no reason given'}`)
}

function lastLine(path: string): string {
  return readFileSync(path, 'utf8').trim().split('\n').at(-1) ?? ''
}
