import {networkInterfaces} from 'node:os'
import {listInterfaces} from '../host/index.ts'
import {type Cidr, parseCidr} from './cidr.ts'

/** What a new network must not collide with on the host. */
export interface HostInterfaces {
  readonly names: readonly string[]
  /** Subnets of their addresses. */
  readonly subnets: readonly Cidr[]
}

/** As they are now, in this process's network namespace. */
export function hostInterfaces(): HostInterfaces {
  return {names: listInterfaces(), subnets: hostSubnets()}
}

function hostSubnets(): readonly Cidr[] {
  return Object.values(networkInterfaces())
    .flat()
    .flatMap((address) => (address?.cidr && !address.internal ? [parseCidr(address.cidr.replace(/%[^/]*/, ''))] : []))
}
