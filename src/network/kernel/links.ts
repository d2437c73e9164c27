import {EngineError, isErrno} from '../../errors/index.ts'
import {NetlinkSocket, netlinkAttribute, netlinkAttributes, netlinkFlags} from '../../host/index.ts'

const NEW_LINK = 16
const DELETE_LINK = 17
const GET_LINK = 18

const IFLA = {address: 1, name: 3, mtu: 4, link: 5, master: 10, info: 18, group: 27, netns: 28} as const
const INFO = {kind: 1, data: 2} as const
const VETH_PEER = 1
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
  /** Of an Ethernet device. */
  readonly mac?: string
}

/** An interface on another one's device, with what its kind wants to know. */
export interface StackedLink {
  readonly kind: string
  readonly name: string
  readonly parent: number
  readonly mac?: string
  readonly mtu?: number
  /** Attributes of the kind's own. */
  readonly data: readonly Buffer[]
  /** Descriptor of the namespace in which it appears. */
  readonly netns: number
}

export const LOOPBACK = 1

/** The interfaces of the network namespace in which it was made. @see rtnetlink(7), Linux include/uapi/linux/if_link.h */
export class Links implements Disposable {
  /** For its addresses and routes. */
  readonly socket = new NetlinkSocket()

  find(name: string): Link | undefined {
    try {
      const [answer] = this.socket.ask({type: GET_LINK, body: [linkHeader(), netlinkAttribute(IFLA.name, name)]})
      return answer && parseLink(answer)
    } catch (error) {
      if (isErrno(error, 'ENODEV')) return undefined
      throw error
    }
  }

  /** Indexes of the interfaces on a bridge. */
  portsOf(bridge: number): readonly number[] {
    const answers = this.socket.ask({
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
    this.socket.ask({
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
      netlinkAttribute(IFLA.address, macBytes(peer.mac)),
      netlinkAttribute(IFLA.netns, peer.netns),
    ]
    const data = netlinkAttribute(INFO.data, [netlinkAttribute(VETH_PEER, other)])
    this.socket.ask({
      type: NEW_LINK,
      flags: CREATE,
      body: [linkHeader(), netlinkAttribute(IFLA.master, bridge), netlinkAttribute(IFLA.info, [kind('veth'), data])],
    })
  }

  /** @throws ENOTSUP where the kernel has no such kind, EEXIST when one here has the name */
  addStacked({kind: name, parent, mac, mtu, data, netns, ...link}: StackedLink): void {
    const attributes = [
      netlinkAttribute(IFLA.name, link.name),
      netlinkAttribute(IFLA.link, parent),
      netlinkAttribute(IFLA.netns, netns),
      ...(mac ? [netlinkAttribute(IFLA.address, macBytes(mac))] : []),
      ...(mtu ? [netlinkAttribute(IFLA.mtu, mtu)] : []),
      netlinkAttribute(IFLA.info, [kind(name), netlinkAttribute(INFO.data, data)]),
    ]
    this.socket.ask({type: NEW_LINK, flags: CREATE, body: [linkHeader(), ...attributes]})
  }

  /** Whether the kernel has interfaces of a kind that needs a parent: one is asked for without, which makes none. */
  knows(stackedKind: string): boolean {
    try {
      const info = netlinkAttribute(IFLA.info, [kind(stackedKind)])
      this.socket.ask({type: NEW_LINK, flags: CREATE, body: [linkHeader(), info]})
    } catch (error) {
      return !isErrno(error, 'ENOTSUP', 'EOPNOTSUPP')
    }
    return true
  }

  /** One that is down. @throws EEXIST */
  rename(index: number, name: string): void {
    this.socket.ask({type: NEW_LINK, body: [linkHeader(index), netlinkAttribute(IFLA.name, name)]})
  }

  setUp(index: number): void {
    this.socket.ask({type: NEW_LINK, body: [linkHeader(index, UP)]})
  }

  [Symbol.dispose](): void {
    this.socket[Symbol.dispose]()
  }

  /**
   * Removes interfaces at once: the kernel waits some 30 ms at each removal until nobody looks at the interface any more,
   * and only once for a group.
   */
  async remove(indexes: readonly number[]): Promise<void> {
    const group = netlinkAttribute(IFLA.group, 0x40000000 + Math.floor(Math.random() * 0x3fffffff))
    for (const index of indexes) ignoreGone(() => this.socket.ask({type: NEW_LINK, body: [linkHeader(index), group]}))
    if (indexes.length === 0) return
    const answer = this.socket.askWaiting({type: DELETE_LINK, body: [linkHeader(), group]})
    await answer.catch((error: unknown) =>
      ignoreGone(() => {
        throw error
      }),
    )
  }
}

/** @throws ERR_NETWORK_SETUP */
export function found(links: Links, name: string): Link {
  const link = links.find(name)
  if (!link) throw new EngineError('ERR_NETWORK_SETUP', `interface ${name} is gone`)
  return link
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

function macBytes(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(':', ''), 'hex')
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
    mac: attributes.get(IFLA.address)?.toString('hex').match(/../g)?.join(':'),
  }
}
