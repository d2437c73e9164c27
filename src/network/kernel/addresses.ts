import {isErrno} from '../../errors/index.ts'
import {type NetlinkSocket, netlinkAttribute, netlinkFlags} from '../../host/index.ts'
import {addressBits, parseCidr, toAddress, toNumber} from '../cidr.ts'

const NEW_ADDRESS = 20
const NEW_ROUTE = 24
const DELETE_ROUTE = 25

const IFA = {address: 1, local: 2, broadcast: 4} as const
const RTA = {destination: 1, device: 4, gateway: 5, priority: 6} as const

const AF_INET = 2
const AF_INET6 = 10

/** An address with the length of its network's prefix. */
export interface InterfaceAddress {
  readonly address: string
  readonly prefix: number
}

export interface GatewayRoute {
  /** CIDR; without one it is the default route of the gateway's family. */
  readonly destination?: string
  readonly gateway: string
  readonly metric?: number
}

/** @see rtnetlink(7), RTM_NEWADDR */
export function addAddress(socket: NetlinkSocket, index: number, {address, prefix}: InterfaceAddress): void {
  const header = Buffer.from([familyOf(address), prefix, 0, 0, 0, 0, 0, 0])
  header.writeUInt32LE(index, 4)
  const bytes = addressBytes(address)
  const {last, bits} = parseCidr(`${address}/${prefix}`)
  const all = [
    netlinkAttribute(IFA.address, bytes),
    netlinkAttribute(IFA.local, bytes),
    ...(bits === 32 ? [netlinkAttribute(IFA.broadcast, addressBytes(toAddress(last, bits)))] : []),
  ]
  socket.ask({type: NEW_ADDRESS, flags: netlinkFlags.create | netlinkFlags.exclusive, body: [header, ...all]})
}

/** @see rtnetlink(7), RTM_NEWROUTE */
export function addRoute(socket: NetlinkSocket, {destination, gateway, metric}: GatewayRoute): void {
  const {prefix, first, bits} = destination === undefined ? everything : parseCidr(destination)
  const route = [
    ...(prefix > 0 ? [netlinkAttribute(RTA.destination, addressBytes(toAddress(first, bits)))] : []),
    netlinkAttribute(RTA.gateway, addressBytes(gateway)),
    ...(metric === undefined ? [] : [netlinkAttribute(RTA.priority, metric)]),
  ]
  socket.ask({type: NEW_ROUTE, flags: netlinkFlags.create, body: [routeHeader(familyOf(gateway), prefix), ...route]})
}

/** The default route over an interface, if there is one. @param like an address of its family */
export function removeDefaultRoute(socket: NetlinkSocket, index: number, like: string): void {
  try {
    const body = [routeHeader(familyOf(like), 0), netlinkAttribute(RTA.device, index)]
    socket.ask({type: DELETE_ROUTE, body})
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error
  }
}

const everything = {prefix: 0, first: 0n, bits: 32} as const

function routeHeader(family: number, prefix: number): Buffer {
  const [mainTable, isStatic, universe, unicast] = [254, 4, 0, 1]
  return Buffer.from([family, prefix, 0, 0, mainTable, isStatic, universe, unicast, 0, 0, 0, 0])
}

function familyOf(address: string): number {
  return addressBits(address) === 128 ? AF_INET6 : AF_INET
}

function addressBytes(address: string): Buffer {
  const digits = (addressBits(address) ?? 32) / 4
  return Buffer.from(toNumber(address).toString(16).padStart(digits, '0'), 'hex')
}
