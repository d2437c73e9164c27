import {existsSync} from 'node:fs'
import {EngineError} from '../errors/index.ts'
import {runQuick} from '../host/index.ts'
import type {AardvarkEntries} from './aardvark-entries.ts'
import type {NetworkInput} from './network-driver.ts'

/** A container's place on a network whose containers find each other by name. */
export interface NamedPlace {
  readonly name: string
  readonly gateway: string
  readonly address: string
  readonly names?: readonly string[]
  readonly networkServers: readonly string[]
}

const SYSTEMD = '/run/systemd/system'

/** Tells aardvark-dns of containers as netavark does, and starts it for the first. */
export class NameServer {
  readonly #program: string | undefined
  readonly #entries: AardvarkEntries

  constructor(program: string | undefined, entries: AardvarkEntries) {
    this.#program = program
    this.#entries = entries
  }

  async add(input: NetworkInput, places: readonly NamedPlace[]): Promise<void> {
    const named = places.filter(({names}) => names !== undefined)
    if (named.length === 0 || !this.#program) return
    this.#entries.forgetDeadServer()
    for (const {name, gateway, address, names = [], networkServers} of named) {
      const servers = (input.dns_servers ?? []).length > 0 ? ` ${input.dns_servers?.join(',')}` : ''
      const head = networkServers.length > 0 ? `${gateway} ${networkServers.join(',')}` : gateway
      this.#entries.add(name, head, `${input.container_id} ${address}  ${names.join(',')}${servers}`)
    }
    if (!this.#entries.readAgain()) await this.#start(this.#program)
  }

  remove({container_id}: NetworkInput, places: readonly NamedPlace[]): void {
    const named = places.filter(({names}) => names !== undefined)
    if (named.length === 0) return
    for (const {name} of named) this.#entries.remove(name, container_id)
    this.#entries.readAgain()
  }

  /** It goes into the background when it answers. In a scope of its own where systemd would end it with our service. */
  async #start(program: string): Promise<void> {
    const command = [program, '--config', this.#entries.directory, '-p', '53', 'run']
    const [first = '', ...rest] = existsSync(SYSTEMD) ? ['systemd-run', '-q', '--scope', ...command] : command
    const {exitCode, stderr} = await runQuick(first, rest)
    if (exitCode !== 0)
      throw new EngineError('ERR_NETWORK_SETUP', `aardvark-dns: ${stderr.trim() || `exit code ${exitCode}`}`)
  }
}
