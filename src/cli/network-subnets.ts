import {EngineError} from '../errors/index.ts'
import type {NetworkRequest} from '../network/index.ts'

/**
 * `--subnet`, `--gateway` and `--ip-range` of `network create`, matched by their order.
 * @throws ERR_REFUSED when there are more gateways or ranges than subnets
 */
export function pairSubnets(
  subnets: readonly string[],
  gateways: readonly string[],
  ranges: readonly string[],
): NonNullable<NetworkRequest['subnets']> {
  if (subnets.length === 0 && gateways.length + ranges.length > 0)
    throw new EngineError('ERR_REFUSED', 'cannot set gateway or range without subnet')
  for (const [what, {length}] of [
    ['gateways', gateways],
    ['ranges', ranges],
  ] as const)
    if (length > subnets.length) throw new EngineError('ERR_REFUSED', `cannot set more ${what} than subnets`)
  return subnets.map((subnet, index) => ({subnet, gateway: gateways[index], ipRange: ranges[index]}))
}
