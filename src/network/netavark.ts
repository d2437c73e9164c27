import {mkdirSync} from 'node:fs'
import {EngineError} from '../errors/index.ts'
import {runQuick} from '../host/index.ts'
import type {AardvarkEntries} from './aardvark-entries.ts'
import type {NetworkDriver, NetworkInput} from './network-driver.ts'
import type {NetworkStatus} from './network-record.ts'
import type {RunningNetavark} from './running-netavark.ts'

/** Runs netavark, one at a time (its caller holds a lock), which makes the interfaces, routes, firewall rules and DNS entries of a container. */
export class Netavark implements NetworkDriver {
  readonly #program: string
  readonly #aardvark: string | undefined
  readonly #configDirectory: string
  readonly #entries: AardvarkEntries
  readonly #running: RunningNetavark
  readonly #environment: Readonly<Record<string, string>>

  /** @param configDirectory per boot; aardvark-dns keeps its entries there */
  constructor(
    program: string,
    aardvark: string | undefined,
    configDirectory: string,
    {
      entries,
      running,
      environment = {},
    }: {
      readonly entries: AardvarkEntries
      readonly running: RunningNetavark
      readonly environment?: Readonly<Record<string, string>>
    },
  ) {
    this.#program = program
    this.#aardvark = aardvark
    this.#configDirectory = configDirectory
    this.#entries = entries
    this.#running = running
    this.#environment = environment
  }

  /** What each network gave the container. @throws ERR_NETWORK_SETUP with netavark's words */
  async setUp(netns: string, input: NetworkInput): Promise<Readonly<Record<string, NetworkStatus>>> {
    return JSON.parse(await this.#run('setup', [netns], input)) as Record<string, NetworkStatus>
  }

  async tearDown(netns: string, input: NetworkInput): Promise<void> {
    await this.#run('teardown', [netns], input)
  }

  /** Replaces the DNS servers that aardvark-dns asks for a network's containers; without any on it there is nothing to do. */
  async updateDNS(networkName: string, servers: readonly string[]): Promise<void> {
    if (!this.#entries.has(networkName)) return
    // netavark 1.4 cannot be told that there are none.
    if (servers.length === 0) this.#entries.forgetServers(networkName)
    else await this.#run('update', [networkName, '--network-dns-servers', servers.join(',')])
  }

  /** `1.4.0` */
  async version(): Promise<string> {
    const {stdout} = await runQuick(this.#program, ['--version'], {stdout: true})
    return stdout.trim().split(' ').at(-1) ?? ''
  }

  async #run(verb: string, args: readonly string[], input?: NetworkInput): Promise<string> {
    mkdirSync(this.#configDirectory, {recursive: true, mode: 0o700})
    this.#entries.forgetDeadServer()
    const words = [
      ...['--config', this.#configDirectory, '--rootless', 'false'],
      ...(this.#aardvark ? ['--aardvark-binary', this.#aardvark] : []),
      ...[verb, ...args],
    ]
    const {exitCode, stdout, stderr} = await this.#running.during(() =>
      runQuick(this.#program, words, {
        input: input ? JSON.stringify(input) : '',
        stdout: true,
        env: {...process.env, ...this.#environment},
      }),
    )
    if (exitCode === 0) return stdout
    throw new EngineError('ERR_NETWORK_SETUP', errorText(stdout) ?? `netavark ${verb}: ${stderr.trim()}`)
  }
}

/** netavark prints its failure as `{"error": TEXT}` on stdout. */
function errorText(stdout: string): string | undefined {
  try {
    const answer = JSON.parse(stdout) as {error?: unknown}
    return typeof answer.error === 'string' ? `netavark: ${answer.error}` : undefined
  } catch {
    return undefined
  }
}
