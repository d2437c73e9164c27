import {EngineError} from '../errors/index.ts'
import {addressBits, canonicalAddress, parseCidr} from './cidr.ts'
import type {Route} from './network-record.ts'

/** `--route DESTINATION-CIDR,GATEWAY[,METRIC]`. @throws ERR_REFUSED in podman's words */
export function parseRoute(text: string): Route {
  const [destination = '', gateway = '', metric, ...more] = text.split(',')
  if (!text.includes(',') || more.length > 0)
    throw refusal(`invalid route: ${text}\nFormat: --route <destination in CIDR>,<gateway>,<metric (optional)>`)
  const target = parseDestination(destination)
  if (!addressBits(gateway)) throw refusal(`invalid route gateway ${gateway}`)
  if (metric !== undefined && !/^\d+$/.test(metric)) throw refusal(`invalid route metric ${metric}`)
  return {destination: target, gateway: canonicalAddress(gateway), ...(metric && {metric: Number(metric)})}
}

function parseDestination(text: string): string {
  const [address = ''] = text.split('/')
  try {
    const {first, bits} = parseCidr(text)
    if (parseCidr(`${address}/${bits}`).first === first) return text
  } catch (cause) {
    throw new EngineError('ERR_REFUSED', `invalid route destination ${text}`, {cause})
  }
  throw refusal('route destination invalid')
}

function refusal(detail: string): EngineError {
  return new EngineError('ERR_REFUSED', detail)
}
