import {isIP} from 'node:net'
import {networkInterfaces} from 'node:os'
import {parseGoBool} from '../config/go-bool.ts'
import {isSlirpNetwork, type SlirpOptions} from '../libpod/define/slirp-options.ts'
import {refuse} from './refuse.ts'

const DEFAULTS: SlirpOptions = {cidr: '10.0.2.0/24', mtu: 65_520, ipv6: true, hostLoopback: false}

/** `slirp4netns[:KEY=VALUE,…]`. @throws ERR_REFUSED in podman's words */
export function slirpOptions(mode: string): SlirpOptions {
  const words = mode
    .replace(/^slirp4netns:?/, '')
    .split(',')
    .filter(Boolean)
  return Object.assign({}, DEFAULTS, ...words.map(option)) as SlirpOptions
}

function option(word: string): Partial<SlirpOptions> {
  const [key = '', value] = word.split(/=(.*)/s)
  if (value === undefined) return refuse(`unknown option for slirp4netns: "${word}"`)
  switch (key) {
    case 'cidr':
      return {cidr: isSlirpNetwork(value) ? value : refuse(`invalid cidr "${value}"`)}
    case 'mtu':
      return {mtu: /^\d+$/.test(value) ? Number(value) : refuse(`invalid mtu "${value}"`)}
    case 'enable_ipv6':
      return {ipv6: bool(key, value)}
    case 'allow_host_loopback':
      return {hostLoopback: bool(key, value)}
    case 'outbound_addr':
      return {outboundAddress: outbound(key, value, 4)}
    case 'outbound_addr6':
      return {outboundAddress6: outbound(key, value, 6)}
    case 'port_handler':
      return portHandler(value)
    default:
      return refuse(`unknown option for slirp4netns: "${word}"`)
  }
}

/** Only slirp4netns itself is there to forward ports; the other handler is a program of podman's. */
function portHandler(value: string): Partial<SlirpOptions> {
  if (value === 'slirp4netns') return {}
  if (value === 'rootlesskit') refuse('port_handler=rootlesskit: slirp4netns forwards ports by itself here')
  return refuse(`unknown port_handler for slirp4netns: "${value}"`)
}

function outbound(key: string, value: string, family: 4 | 6): string {
  return isIP(value) === family || networkInterfaces()[value] ? value : refuse(`invalid ${key} "${value}"`)
}

function bool(key: string, value: string): boolean {
  return parseGoBool(value) ?? refuse(`invalid value of ${key} for slirp4netns: "${value}"`)
}
