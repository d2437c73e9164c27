import {hasCode} from '../../errors/index.ts'
import type {GuestLink} from '../agent/agent.ts'
import type {IpCommand} from './ip-command.ts'

export interface Tap {
  readonly link: string
  /** Also the id of the machine's card. */
  readonly tap: string
}

/** A name for the tap of each link. @param present taps that are there already */
export function nameTaps(links: readonly GuestLink[], present: readonly Tap[]): readonly Tap[] {
  const names = freeNames(present)
  return links.map((link) => ({link: link.name, tap: names.next().value}))
}

/**
 * Joins each link to its tap: what arrives at one leaves at the other, below the namespace's IP stack, so that link and guest
 * share address and MAC. `redirect` needs the classifiers u32 and the action mirred only, which every distribution's kernel
 * has. On failure nothing is left.
 */
export async function joinTaps(ip: IpCommand, links: readonly GuestLink[], taps: readonly Tap[]): Promise<void> {
  if (taps.length === 0) return
  const mtuOf = (name: string) => links.find((link) => link.name === name)?.mtu ?? 1500
  try {
    await ip.batch(
      'ip',
      taps.flatMap(({link, tap}) => [
        `tuntap add dev ${tap} mode tap user root`,
        `link set dev ${tap} mtu ${mtuOf(link)} up`,
      ]),
    )
    await ip.batch('tc', taps.flatMap(redirection))
  } catch (error) {
    await freeTaps(ip, taps).catch(() => {})
    throw error
  }
}

/** Those whose link is still the one that was joined: one made anew under the same name sends nothing to the tap. */
export async function stillJoined(ip: IpCommand, taps: readonly Tap[]): Promise<readonly Tap[]> {
  const disciplines = (await ip.json(['qdisc', 'show'], 'tc')) as readonly {
    readonly kind: string
    readonly dev: string
  }[]
  return taps.filter(({link}) => disciplines.some(({kind, dev}) => kind === 'ingress' && dev === link))
}

function* freeNames(present: readonly Tap[]): Generator<string, never> {
  for (let index = 0; ; index++) if (!present.some(({tap}) => tap === `berth${index}`)) yield `berth${index}`
}

export function isTapName(name: string): boolean {
  return /^berth\d+$/.test(name)
}

/** Sets links free again. A namespace, link or tap that is gone is success. */
export async function freeTaps(ip: IpCommand, taps: readonly Tap[]): Promise<void> {
  for (const {link, tap} of taps) {
    await tolerant(ip.batch('tc', [`qdisc del dev ${link} ingress`]))
    await tolerant(ip.batch('ip', [`link del dev ${tap}`]))
  }
}

function redirection({link, tap}: Tap): string[] {
  return [
    `qdisc add dev ${link} ingress`,
    `qdisc add dev ${tap} ingress`,
    ...[redirect(link, tap), redirect(tap, link)],
  ]
}

function redirect(from: string, to: string): string {
  return `filter add dev ${from} parent ffff: protocol all u32 match u8 0 0 action mirred egress redirect dev ${to}`
}

async function tolerant(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!hasCode(error, 'ERR_PROGRAM_FAILED', 'ERR_SYSCALL')) throw error
  }
}
