import type {Agent, GuestNetwork} from '../agent/agent.ts'
import type {VirtualMachine} from '../hypervisor/hypervisor.ts'
import {IpCommand} from './ip-command.ts'
import {scanNetwork} from './scan.ts'
import {freeTaps, joinTaps, type Tap} from './taps.ts'

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

  /** Finds the interfaces and makes their taps; the cards come with `plug`. */
  async join(owner?: string): Promise<JoinedNetwork> {
    const network = await scanNetwork(this.#ip)
    return {network, taps: await joinTaps(this.#ip, network.links, owner)}
  }

  async plug(machine: VirtualMachine, joined: JoinedNetwork): Promise<void> {
    for (const [index, {tap}] of joined.taps.entries()) {
      const link = joined.network.links[index]
      if (!link) continue
      await machine.addDevice({kind: 'network', id: `net${index}`, tap, mac: link.mac, mtu: link.mtu ?? 1500})
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
