import type {Agent, GuestLink, GuestNetwork} from '../agent/agent.ts'
import type {VirtualMachine} from '../hypervisor/hypervisor.ts'
import {IpCommand} from './ip-command.ts'
import {scanNetwork} from './scan.ts'
import {freeTaps, joinTaps, nameTaps, stillJoined, type Tap} from './taps.ts'

/** The interfaces of a namespace and their taps. */
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

  /**
   * Makes a tap for each link; the cards come with `plug`.
   * @param present taps that are there already
   * @param record told the names before anything is made, so that what is left of a command that was killed can be found
   */
  async join(
    links: readonly GuestLink[],
    present: readonly Tap[],
    record: (taps: readonly Tap[]) => void,
  ): Promise<readonly Tap[]> {
    const taps = nameTaps(links, present)
    record(taps)
    await joinTaps(this.#ip, links, taps)
    return taps
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
