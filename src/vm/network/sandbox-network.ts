import type {Agent, GuestLink, GuestNetwork} from '../agent/agent.ts'
import type {VirtualMachine} from '../hypervisor/hypervisor.ts'
import {IpCommand} from './ip-command.ts'
import {scanNetwork} from './scan.ts'
import {freeTaps, joinTaps, stillJoined, type Tap} from './taps.ts'

export interface JoinedNetwork {
  readonly network: GuestNetwork
  readonly taps: readonly Tap[]
}

/**
 * The network of a sandbox: the interfaces of its namespace, each joined to a tap behind a card of the guest with the
 * same MAC, addresses, MTU and routes.
 */
export class SandboxNetwork {
  readonly #ip: IpCommand

  constructor(namespace: string) {
    this.#ip = new IpCommand(namespace)
  }

  scan(): Promise<GuestNetwork> {
    return scanNetwork(this.#ip)
  }

  /** Finds the interfaces and makes their taps; the cards come with `plug`. */
  async join(): Promise<JoinedNetwork> {
    const network = await this.scan()
    return {network, taps: await this.joinLinks(network.links)}
  }

  /** @param present taps that are there already */
  joinLinks(links: readonly GuestLink[], present: readonly Tap[] = []): Promise<readonly Tap[]> {
    return joinTaps(this.#ip, links, present)
  }

  stillJoined(taps: readonly Tap[]): Promise<readonly Tap[]> {
    return stillJoined(this.#ip, taps)
  }

  async plug(machine: VirtualMachine, joined: JoinedNetwork): Promise<void> {
    for (const {link: name, tap} of joined.taps) {
      const link = joined.network.links.find((each) => each.name === name)
      if (!link) continue
      await machine.addDevice({kind: 'network', id: tap, tap, mac: link.mac, mtu: link.mtu ?? 1500})
    }
  }

  async free(taps: readonly Tap[]): Promise<void> {
    await freeTaps(this.#ip, taps)
  }
}

/** Gives the guest its interfaces, once their cards are plugged. */
export async function configureNetwork(agent: Agent, network: GuestNetwork): Promise<void> {
  if (network.links.length > 0) await agent.request('configure', {network})
}
