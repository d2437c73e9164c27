import {parseSize} from '../../config/index.ts'
import type {DeviceRate, DeviceRule, DeviceTemplate} from '../../libpod/define/spec-vocabulary.ts'
import {isCdiName} from '../../oci/types/cdi-name.ts'
import {refuse} from '../refuse.ts'
import {unsigned} from './numbers.ts'

/**
 * What `--device` asks for: nodes of the host, and devices by their vendors' names (CDI), `vendor.com/class=device`.
 * @throws ERR_REFUSED
 */
export function parseDevices(texts: readonly string[]): {devices: DeviceTemplate[]; cdiDevices: string[]} {
  return {
    devices: texts.filter((text) => !isCdiName(text)).map(parseDevice),
    cdiDevices: texts.filter(isCdiName),
  }
}

/** `HOST[:CONTAINER][:rwm]`. @throws ERR_REFUSED */
export function parseDevice(text: string): DeviceTemplate {
  const [source = '', second, third] = text.split(':')
  if (source === '' || text.split(':').length > 3) refuse(`invalid device specification: ${text}`)
  if (third !== undefined) return {source, destination: absolute(second || source), permissions: permissionsOf(third)}
  if (second === undefined) return {source, destination: source, permissions: 'rwm'}
  if (/^[rwm]+$/.test(second)) return {source, destination: source, permissions: permissionsOf(second)}
  if (!second.startsWith('/')) refuse(`invalid device mode: ${second}`)
  return {source, destination: second, permissions: 'rwm'}
}

function absolute(path: string): string {
  return path.startsWith('/') ? path : refuse(`invalid device path in container: ${path}`)
}

function permissionsOf(text: string): string {
  const letters = new Set(text)
  return /^[rwm]+$/.test(text) && letters.size === text.length ? text : refuse(`invalid device mode: ${text}`)
}

/** `TYPE MAJOR:MINOR ACCESS`, numbers or `*`. @throws ERR_REFUSED */
export function parseDeviceRule(text: string): DeviceRule {
  const match = /^([acb]) (\d+|\*):(\d+|\*) ([rwm]{1,3})$/.exec(text)
  if (!match) refuse(`invalid device cgroup rule requires type, major:Minor, and access rules: ${JSON.stringify(text)}`)
  const [, type = '', major = '', minor = '', access = ''] = match
  const number = (word: string): number => (word === '*' ? -1 : Number(word))
  return {type, major: number(major), minor: number(minor), access}
}

/** `PATH:RATE`, the rate in bytes with a unit. @throws ERR_REFUSED */
export function parseByteRate(text: string): DeviceRate {
  const [path, rate] = splitRate(text)
  const value = parseSize(rate)
  if (value === undefined || value < 0) {
    refuse(
      `invalid rate for device: ${text}. The correct format is <device-path>:<number>[<unit>]. Number must be a positive integer. Unit is optional and can be kb, mb, or gb`,
    )
  }
  return {path, rate: value}
}

/** `PATH:RATE`, the rate in operations. @throws ERR_REFUSED */
export function parseOperationRate(text: string): DeviceRate {
  const [path, rate] = splitRate(text)
  if (!/^\d+$/.test(rate)) {
    refuse(
      `invalid rate for device: ${text}. The correct format is <device-path>:<number>. Number must be a positive integer`,
    )
  }
  return {path, rate: Number(rate)}
}

/** `PATH:WEIGHT`. @throws ERR_REFUSED */
export function parseWeightDevice(text: string): {path: string; weight: number} {
  const [path, weight] = splitRate(text)
  const value = /^\d+$/.test(weight) ? Number(weight) : Number.NaN
  if (!(value >= 10 && value <= 1000)) refuse(`invalid weight for device: ${text}`)
  return {path, weight: value}
}

/** Of the cgroup as a whole. @throws ERR_REFUSED */
export function parseWeight(text: string): number {
  return unsigned(text, 'invalid value for blkio-weight: ', 16)
}

function splitRate(text: string): [string, string] {
  const [path = '', value, ...more] = text.split(':')
  if (value === undefined || more.length > 0) refuse(`bad format: ${text}`)
  if (!path.startsWith('/dev/')) refuse(`bad format for device path: ${text}`)
  return [path, value]
}
