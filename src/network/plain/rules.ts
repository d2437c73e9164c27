import {createHash} from 'node:crypto'
import type {PortMapping} from '../network-record.ts'

/** A firewall rule in the words in which `iptables-save` prints it. */
export interface Rule {
  readonly table: 'filter' | 'nat'
  readonly chain: string
  readonly text: string
  /** Before all others of its chain. */
  readonly first?: true
}

export interface RuleSet {
  /** In the order in which they are added. */
  readonly rules: readonly Rule[]
  /** Chains of their own that they lie in, made when missing. */
  readonly chains: readonly {readonly table: Rule['table']; readonly name: string}[]
}

const DNAT = 'NETAVARK-HOSTPORT-DNAT'
const MASQUERADE = 'NETAVARK-HOSTPORT-MASQ'
const MARK = 'NETAVARK-HOSTPORT-SETMARK'
const FORWARD = 'NETAVARK_FORWARD'

/**
 * What all networks share, and what stays. These and the following are netavark's rules, word for word: it takes down what
 * was made here, finds what it would make in place, and the other way round.
 * @see netavark 1.4 src/firewall/varktables/types.rs
 */
export const commonRules: RuleSet = {
  rules: [
    {
      table: 'filter',
      chain: 'FORWARD',
      text: `-m comment --comment "netavark firewall plugin rules" -j ${FORWARD}`,
      first: true,
    },
    {table: 'nat', chain: MARK, text: '-j MARK --set-xmark 0x2000/0x2000'},
    {
      table: 'nat',
      chain: MASQUERADE,
      text: '-m comment --comment "netavark portfw masq mark" -m mark --mark 0x2000/0x2000 -j MASQUERADE',
    },
    {table: 'nat', chain: 'POSTROUTING', text: `-j ${MASQUERADE}`, first: true},
    {table: 'nat', chain: 'PREROUTING', text: `-m addrtype --dst-type LOCAL -j ${DNAT}`},
    {table: 'nat', chain: 'OUTPUT', text: `-m addrtype --dst-type LOCAL -j ${DNAT}`},
  ],
  chains: [
    {table: 'filter', name: FORWARD},
    ...[MARK, MASQUERADE, DNAT].map((name) => ({table: 'nat' as const, name})),
  ],
}

/** Of a network, while a container is on it. @param subnet as CIDR */
export function networkRules(network: string, subnet: string): RuleSet {
  const own = `NETAVARK-${hash(network)}`
  return {
    rules: [
      {table: 'nat', chain: own, text: `-d ${subnet} -j ACCEPT`},
      {table: 'nat', chain: own, text: '! -d 224.0.0.0/4 -j MASQUERADE'},
      {table: 'nat', chain: 'POSTROUTING', text: `-s ${subnet} -j ${own}`},
      {table: 'filter', chain: FORWARD, text: `-d ${subnet} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`},
      {table: 'filter', chain: FORWARD, text: `-s ${subnet} -j ACCEPT`},
    ],
    chains: [own, portChain(network)].map((name) => ({table: 'nat', name})),
  }
}

export interface PublishedPorts {
  readonly network: string
  readonly subnet: string
  readonly containerID: string
  readonly address: string
  readonly ports: readonly PortMapping[]
}

/** Of a container's published ports. */
export function portRules(published: PublishedPorts): RuleSet {
  return {rules: published.ports.flatMap((port) => rulesOfPort(published, port)), chains: []}
}

function rulesOfPort({network, subnet, containerID, address}: PublishedPorts, port: PortMapping): readonly Rule[] {
  const {host_ip, host_port, container_port, range, protocol} = port
  const last = range - 1
  const match = `-p ${protocol} -m ${protocol} --dport ${host_port}${last > 0 ? `:${host_port + last}` : ''}`
  const target = `${address}:${container_port}${last > 0 ? `-${container_port + last}/${host_port}` : ''}`
  const to = host_ip === '' ? '' : `-d ${host_ip}/32 `
  const chain = portChain(network)
  return [
    {table: 'nat', chain, text: `-s ${subnet} ${to}${match} -j ${MARK}`},
    {table: 'nat', chain, text: `-s 127.0.0.1/32 ${to}${match} -j ${MARK}`},
    {table: 'nat', chain, text: `${to}${match} -j DNAT --to-destination ${target}`},
    {
      table: 'nat',
      chain: DNAT,
      text: `${match} -m comment --comment "dnat name: ${network} id: ${containerID}" -j ${chain}`,
    },
  ]
}

function portChain(network: string): string {
  return `NETAVARK-DN-${hash(network)}`
}

function hash(network: string): string {
  return createHash('sha512').update(network).digest('hex').slice(0, 13).toUpperCase()
}
