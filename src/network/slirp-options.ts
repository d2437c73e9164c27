import {isIPv4} from 'node:net'
import {formatCidr, parseCidr} from './cidr.ts'

/** What `--network slirp4netns:…` asks for, with defaults filled in. */
export interface SlirpOptions {
  /** A network address; the container has its number 100, the host is 2, the name server 3. */
  readonly cidr: string
  readonly mtu: number
  readonly ipv6: boolean
  /** Whether the container reaches the host's loopback as number 2. */
  readonly hostLoopback: boolean
  /** Address or interface that connections to the outside leave by. */
  readonly outboundAddress?: string
  readonly outboundAddress6?: string
}

/** An IPv4 network with room for its number 100: slirp4netns takes prefixes of 1 to 25. */
export function isSlirpNetwork(text: string): boolean {
  const [address = '', prefix = ''] = text.split('/')
  if (!isIPv4(address) || !/^\d+$/.test(prefix) || Number(prefix) < 1 || Number(prefix) > 25) return false
  return formatCidr(parseCidr(text)) === text
}
