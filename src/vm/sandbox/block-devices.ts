import {createHash} from 'node:crypto'
import {existsSync, readFileSync, readlinkSync} from 'node:fs'
import {EngineError} from '../../errors/index.ts'
import type {Device, DeviceCgroup, Linux} from '../../oci/types/runtime-spec.ts'
import {integerField} from '../agent/message.ts'
import type {LiveSandbox} from './live-sandbox.ts'

export interface AttachedBlockDevices {
  /** Ids of the machine's devices. */
  readonly ids: readonly string[]
  /** The guest's numbers, by path in the container. */
  readonly numbers: Readonly<Record<string, {readonly major: number; readonly minor: number}>>
}

/** Attaches the host's block devices that a container asks for; their numbers in the guest are its own. */
export async function attachBlockDevices(
  {machine, agent}: LiveSandbox,
  container: string,
  linux: Linux = {},
): Promise<AttachedBlockDevices> {
  const blocks = wantedDisks(linux)
  if (blocks.length === 0) return {ids: [], numbers: {}}
  const serials = blocks.map((device) => serialOf(container, device))
  for (const [index, device] of blocks.entries()) {
    const serial = serials[index] ?? ''
    const path = hostPath(device)
    await machine.addDevice({kind: 'disk', id: serial, serial, path, readOnly: isReadOnly(device)})
  }
  const {ok} = await agent.request('block-devices', {serials})
  const found = Array.isArray(ok.devices) ? (ok.devices as Record<string, unknown>[]) : []
  const numbers = blocks.map((device, index) => {
    const entry = found.find(({serial}) => serial === serials[index])
    if (!entry) throw new EngineError('ERR_AGENT_PROTOCOL', `block-devices: no answer for ${device.path}`)
    return [device.path, {major: integerField(entry, 'major'), minor: integerField(entry, 'minor')}] as const
  })
  return {ids: serials, numbers: Object.fromEntries(numbers)}
}

/**
 * Engines name every device of the host in the spec of a privileged container, which may do everything with all of them. Not
 * every disk of the host, mounted there as well, belongs into a guest that writes to it: only those that a rule names.
 */
export function wantedDisks({devices = [], resources}: Linux): readonly Device[] {
  const disks = devices.filter(({type}) => type === 'b')
  const rules = resources?.devices ?? []
  if (!rules.some(allowsEverything)) return disks
  return disks.filter(({major, minor}) =>
    rules.some((rule) => rule.allow && rule.type === 'b' && rule.major === major && rule.minor === minor),
  )
}

function allowsEverything({allow, type = 'a', major, minor, access}: DeviceCgroup): boolean {
  return allow && type === 'a' && major === undefined && minor === undefined && access === 'rwm'
}

/** At most 20 characters reach the guest. */
function serialOf(container: string, {path}: Device): string {
  return `d${createHash('sha256').update(`${container} ${path}`).digest('hex').slice(0, 15)}`
}

/** @see sysfs: /sys/dev/block/MAJOR:MINOR links to the device's directory, named as its node */
function hostPath({path, major, minor}: Device): string {
  const link = `/sys/dev/block/${major}:${minor}`
  if (!existsSync(link))
    throw new EngineError('ERR_BUNDLE_INVALID', `device ${path}: no block device ${major}:${minor}`)
  return `/dev/${readlinkSync(link).split('/').at(-1)}`
}

/** Nobody can open it for writing. */
function isReadOnly({major, minor}: Device): boolean {
  return readFileSync(`/sys/dev/block/${major}:${minor}/ro`, 'utf8').trim() === '1'
}
