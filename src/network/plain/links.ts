import {isErrno} from '../../errors/index.ts'
import {NetlinkSocket, netlinkAttribute, netlinkAttributes, netlinkFlags} from '../../host/index.ts'

const NEW_LINK = 16
const DELETE_LINK = 17
const GET_LINK = 18
const NEW_ADDRESS = 20
const NEW_ROUTE = 24

const IFLA = {address: 1, name: 3, link: 5, master: 10, info: 18, group: 27, netns: 28} as const
const INFO = {kind: 1, data: 2} as const
const VETH_PEER = 1
const IFA = {address: 1, local: 2, broadcast: 4} as const
const RTA = {gateway: 5, priority: 6} as const

const AF_INET = 2
const UP = 1
const LINK_HEADER_BYTES = 16
const CREATE = netlinkFlags.create | netlinkFlags.exclusive

export interface Link {
  readonly index: number
  /** `bridge`, `veth`, …; absent for real devices. */
  readonly kind?: string
  /** Of a veth: the index of the other end, in its own namespace. */
  readonly peer?: number
  readonly master?: number
}

/** An IPv4 address with the length of its network's prefix. */
export interface InterfaceAddress {
  readonly address: string
  readonly prefix: number
}

/** The interfaces of the network namespace in which it was made. @see rtnetlink(7), Linux include/uapi/linux/if_link.h */
export class Links implements Disposable {
  readonly #socket = new NetlinkSocket()

  find(name: string): Link | undefined {
    try {
      const [answer] = this.#socket.ask({type: GET_LINK, body: [linkHeader(), netlinkAttribute(IFLA.name, name)]})
      return answer && parseLink(answer)
    } catch (error) {
      if (isErrno(error, 'ENODEV')) return undefined
      throw error
    }
  }

  /** Indexes of the interfaces on a bridge. */
  portsOf(bridge: number): readonly number[] {
    const answers = this.#socket.ask({
      type: GET_LINK,
      flags: netlinkFlags.dump,
      body: [linkHeader(), netlinkAttribute(IFLA.master, bridge)],
    })
    return answers
      .map(parseLink)
      .filter(({master}) => master === bridge)
      .map(({index}) => index)
  }

  addBridge(name: string): void {
    this.#socket.ask({
      type: NEW_LINK,
      flags: CREATE,
      body: [linkHeader(), netlinkAttribute(IFLA.name, name), netlinkAttribute(IFLA.info, [kind('bridge')])],
    })
  }

  /** A pair of interfaces: ours, on the bridge and named by the kernel, and the other in the namespace behind a descriptor. */
  addPair(bridge: number, peer: {readonly name: string; readonly mac: string; readonly netns: number}): void {
    const other = [
      linkHeader(),
      netlinkAttribute(IFLA.name, peer.name),
      netlinkAttribute(IFLA.address, Buffer.from(peer.mac.replaceAll(':', ''), 'hex')),
      netlinkAttribute(IFLA.netns, peer.netns),
    ]
    const data = netlinkAttribute(INFO.data, [netlinkAttribute(VETH_PEER, other)])
    this.#socket.ask({
      type: NEW_LINK,
      flags: CREATE,
      body: [linkHeader(), netlinkAttribute(IFLA.master, bridge), netlinkAttribute(IFLA.info, [kind('veth'), data])],
    })
  }

  setUp(index: number): void {
    this.#socket.ask({type: NEW_LINK, body: [linkHeader(index, UP)]})
  }

  addAddress(index: number, {address, prefix}: InterfaceAddress): void {
    const header = Buffer.from([AF_INET, prefix, 0, 0, 0, 0, 0, 0])
    header.writeUInt32LE(index, 4)
    const bytes = addressBytes(address)
    const all = [
      netlinkAttribute(IFA.address, bytes),
      netlinkAttribute(IFA.local, bytes),
      netlinkAttribute(IFA.broadcast, broadcastBytes(bytes, prefix)),
    ]
    this.#socket.ask({type: NEW_ADDRESS, flags: CREATE, body: [header, ...all]})
  }

  addDefaultRoute(gateway: string, metric: number): void {
    const [mainTable, isStatic, universe, unicast] = [254, 4, 0, 1]
    const header = Buffer.from([AF_INET, 0, 0, 0, mainTable, isStatic, universe, unicast, 0, 0, 0, 0])
    const route = [netlinkAttribute(RTA.gateway, addressBytes(gateway)), netlinkAttribute(RTA.priority, metric)]
    this.#socket.ask({type: NEW_ROUTE, flags: netlinkFlags.create, body: [header, ...route]})
  }

  [Symbol.dispose](): void {
    this.#socket[Symbol.dispose]()
  }

  /**
   * Removes interfaces at once: the kernel waits some 30 ms at each removal until nobody looks at the interface any more,
   * and only once for a group.
   */
  async remove(indexes: readonly number[]): Promise<void> {
    const group = netlinkAttribute(IFLA.group, 0x40000000 + Math.floor(Math.random() * 0x3fffffff))
    for (const index of indexes) ignoreGone(() => this.#socket.ask({type: NEW_LINK, body: [linkHeader(index), group]}))
    if (indexes.length === 0) return
    const answer = this.#socket.askWaiting({type: DELETE_LINK, body: [linkHeader(), group]})
    await answer.catch((error: unknown) =>
      ignoreGone(() => {
        throw error
      }),
    )
  }
}

function ignoreGone(act: () => void): void {
  try {
    act()
  } catch (error) {
    if (!isErrno(error, 'ENODEV')) throw error
  }
}

function linkHeader(index = 0, flags = 0): Buffer {
  const header = Buffer.alloc(LINK_HEADER_BYTES)
  header.writeInt32LE(index, 4)
  header.writeUInt32LE(flags, 8)
  header.writeUInt32LE(flags, 12)
  return header
}

function kind(name: string): Buffer {
  return netlinkAttribute(INFO.kind, name)
}

function parseLink(body: Buffer): Link {
  const attributes = netlinkAttributes(body, LINK_HEADER_BYTES)
  const info = attributes.get(IFLA.info)
  const name = info && netlinkAttributes(info, 0).get(INFO.kind)
  return {
    index: body.readInt32LE(4),
    kind: name?.toString('latin1').replace(/\0.*$/, ''),
    peer: attributes.get(IFLA.link)?.readUInt32LE(0),
    master: attributes.get(IFLA.master)?.readUInt32LE(0),
  }
}

function addressBytes(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number))
}

function broadcastBytes(address: Buffer, prefix: number): Buffer {
  const mask = prefix === 32 ? 0 : 0xffffffff >>> prefix
  const result = Buffer.alloc(4)
  result.writeUInt32BE((address.readUInt32BE(0) | mask) >>> 0)
  return result
}
