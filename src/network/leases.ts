import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError, isErrno} from '../errors/index.ts'
import {canonicalAddress, contains, parseCidr, toAddress, toNumber} from './cidr.ts'
import type {NetworkRecord, Subnet} from './network-record.ts'

/**
 * Addresses taken by containers since boot: one file per address, `DIRECTORY/NETWORK/ADDRESS`, holding the container's
 * id. Making the file is taking the address, so two processes never get the same one and none needs a lock.
 */
export class Leases {
  readonly #directory: string
  readonly #isFree: ((network: NetworkRecord, address: string, containerID: string) => boolean) | undefined

  /** @param isFree asked before an address is chosen: others may have it who keep no leases here */
  constructor(directory: string, isFree?: (network: NetworkRecord, address: string, containerID: string) => boolean) {
    this.#directory = directory
    this.#isFree = isFree
  }

  /**
   * One address from each subnet of the network, or the wished ones.
   * @throws ERR_REFUSED in podman's words: not in any subnet, already allocated, none free
   */
  take(network: NetworkRecord, containerID: string, wishes: readonly string[] = []): readonly string[] {
    if (network.ipam_options.driver !== 'host-local') return wishes
    for (const wish of wishes) this.#requireInside(network, wish)
    return (network.subnets ?? []).map((subnet) => {
      const wish = wishes.find((address) => contains(parseCidr(subnet.subnet), address))
      return wish ? this.#takeWish(network.name, wish, containerID) : this.#takeNext(network, subnet, containerID)
    })
  }

  release(networkName: string, addresses: readonly string[], containerID: string): void {
    for (const address of addresses) {
      const path = this.#path(networkName, address)
      if (this.#holder(path) === containerID) rmSync(path, {force: true})
    }
  }

  /** All that the container has on the network: for when it is not known which. */
  releaseAll(networkName: string, containerID: string): void {
    this.release(networkName, list(join(this.#directory, networkName)), containerID)
  }

  /** Forgets a network that is gone; addresses still taken stay. */
  forget(networkName: string): void {
    const directory = join(this.#directory, networkName)
    if (list(directory).every((name) => name === LAST)) rmSync(directory, {recursive: true, force: true})
  }

  /** Drops addresses whose container is not known any more: what a killed process took and never used. */
  sweep(isKnown: (containerID: string) => boolean): void {
    for (const networkName of list(this.#directory))
      for (const address of list(join(this.#directory, networkName))) {
        const path = this.#path(networkName, address)
        const holder = address === LAST ? undefined : this.#holder(path)
        if (holder !== undefined && !isKnown(holder)) rmSync(path, {force: true})
      }
  }

  #requireInside(network: NetworkRecord, address: string): void {
    if ((network.subnets ?? []).some(({subnet}) => contains(parseCidr(subnet), address))) return
    throw new EngineError('ERR_IPAM', `requested static ip ${address} not in any subnet on network ${network.name}`)
  }

  #takeWish(networkName: string, wish: string, containerID: string): string {
    const address = canonicalAddress(wish)
    if (this.#claim(networkName, address, containerID)) return address
    const holder = this.#holder(this.#path(networkName, address))
    throw new EngineError(
      'ERR_IPAM',
      `IPAM error: requested ip address ${address} is already allocated to container ID ${holder}`,
    )
  }

  /** The next free address after the one given out last, so that a released address rests as long as it can. */
  #takeNext(network: NetworkRecord, subnet: Subnet, containerID: string): string {
    const {name: networkName} = network
    const {first, last, bits} = parseCidr(subnet.subnet)
    const from = subnet.lease_range?.start_ip ? toNumber(subnet.lease_range.start_ip) : first + 1n
    const end = subnet.lease_range?.end_ip ? toNumber(subnet.lease_range.end_ip) : last
    const to = bits === 32 && end === last ? last - 1n : end
    const gateway = subnet.gateway ? toNumber(subnet.gateway) : undefined
    const previous = this.#last(networkName, subnet.subnet)
    const start = previous !== undefined && previous >= from && previous < to ? previous + 1n : from
    for (let tried = 0n, number = start; tried <= to - from; tried++, number = number === to ? from : number + 1n) {
      const address = toAddress(number, bits)
      if (number === gateway || !this.#claim(networkName, address, containerID)) continue
      if (this.#isFree?.(network, address, containerID) === false) {
        this.release(networkName, [address], containerID)
        continue
      }
      this.#remember(networkName, subnet.subnet, number)
      return address
    }
    throw new EngineError(
      'ERR_IPAM',
      `IPAM error: failed to find free IP in range: ${toAddress(from, bits)} - ${toAddress(to, bits)}`,
    )
  }

  #claim(networkName: string, address: string, containerID: string): boolean {
    try {
      writeFileSync(this.#path(networkName, address), containerID, {flag: 'wx', mode: 0o600})
      return true
    } catch (error) {
      if (isErrno(error, 'EEXIST')) return false
      if (!isErrno(error, 'ENOENT')) throw error
      mkdirSync(join(this.#directory, networkName), {recursive: true, mode: 0o700})
      return this.#claim(networkName, address, containerID)
    }
  }

  #holder(path: string): string | undefined {
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      if (isErrno(error, 'ENOENT', 'EISDIR')) return undefined
      throw error
    }
  }

  #last(networkName: string, subnet: string): bigint | undefined {
    const text = this.#holder(join(this.#directory, networkName, LAST, fileName(subnet)))
    return text && /^\d+$/.test(text) ? BigInt(text) : undefined
  }

  /** A hint only: two processes that write it at once do no harm, the claim decides. */
  #remember(networkName: string, subnet: string, number: bigint): void {
    mkdirSync(join(this.#directory, networkName, LAST), {recursive: true, mode: 0o700})
    writeFileSync(join(this.#directory, networkName, LAST, fileName(subnet)), String(number), {mode: 0o600})
  }

  #path(networkName: string, address: string): string {
    return join(this.#directory, networkName, address)
  }
}

const LAST = '.last'

function fileName(subnet: string): string {
  return subnet.replace('/', '_')
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  }
}
