import {EngineError} from '../../errors/index.ts'
import {netlinkAttribute} from '../../host/index.ts'
import {Links} from '../kernel/links.ts'

/** Interfaces with a MAC or addresses of their own on another one's device. */
export type ParentedKind = 'macvlan' | 'ipvlan'

/** @see Linux include/uapi/linux/if_link.h, IFLA_MACVLAN_…, IFLA_IPVLAN_… */
const MODE = 1
const BROADCAST_CUTOFF = 9
const macvlanModes: Readonly<Record<string, number>> = {private: 1, vepa: 2, bridge: 4, passthru: 8}
const ipvlanModes: Readonly<Record<string, number>> = {l2: 0, l3: 1, l3s: 2}

/** What the kernel is told of an interface. @param options of the network, checked when it was made */
export function kindData(kind: ParentedKind, {mode, bclim}: Readonly<Record<string, string>>): readonly Buffer[] {
  if (kind === 'ipvlan') return [netlinkAttribute(MODE, uint16(ipvlanModes[mode ?? 'l2'] ?? 0))]
  return [
    netlinkAttribute(MODE, macvlanModes[mode ?? 'bridge'] ?? 4),
    ...(bclim === undefined ? [] : [netlinkAttribute(BROADCAST_CUTOFF, int32(Number(bclim)))]),
  ]
}

/** @throws ERR_NOT_SUPPORTED when this kernel was built without such interfaces */
export function requireKind(driver: 'bridge' | ParentedKind): void {
  if (driver === 'bridge') return
  using links = new Links()
  if (!links.knows(driver))
    throw new EngineError('ERR_NOT_SUPPORTED', `driver ${driver}: this kernel has no interfaces of the kind ${driver}`)
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}
