import {readdirSync, realpathSync, type Stats, statSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError, isErrno} from '../../errors/index.ts'
import type {Device, DeviceCgroup} from '../types/runtime-spec.ts'
import type {DeviceTemplate, SpecTemplate} from './spec-template.ts'

export interface DeviceSet {
  readonly devices: Device[]
  readonly rules: DeviceCgroup[]
}

/** Below /dev, but not devices that a container could use: file systems of their own, and the host's console. */
const NOT_FOR_CONTAINERS = ['pts', 'shm', 'fd', 'mqueue', '.lxc', '.lxd-mounts', '.udev', 'console']

/**
 * The device nodes of a container and what its cgroup lets it do with devices. A privileged one gets every node of the
 * host; inside a new user namespace nodes cannot be made, so the host's are bind-mounted (`deviceMounts`).
 */
export function buildDevices(template: SpecTemplate): DeviceSet {
  const {security, deviceCgroupRules} = template
  const found = template.devices.flatMap(findDevices)
  const rules = deviceCgroupRules.map(({type, major, minor, access}) => ({
    ...{allow: true, type, access},
    ...(major >= 0 && {major}),
    ...(minor >= 0 && {minor}),
  }))
  if (security.privileged) {
    const taken = new Set(found.map(({device}) => device.path))
    const host = hostDevices(template.process.systemd).filter(({path}) => !taken.has(path))
    // What was asked for by name is named: a runtime of machines attaches only such disks of the host.
    const named = found.flatMap(({device, rule}) => (device.type === 'b' ? rule : []))
    const devices = [...found.map(({device}) => device), ...host]
    return {devices, rules: [{allow: true, access: 'rwm'}, ...named, ...rules]}
  }
  return {
    devices: found.map(({device}) => device),
    rules: [{allow: false, access: 'rwm'}, ...found.map(({rule}) => rule), ...rules],
  }
}

/**
 * One device, or every device below a directory.
 * @throws ERR_REFUSED when the host has none there
 */
export function findDevices(wanted: DeviceTemplate): {device: Device; rule: DeviceCgroup}[] {
  const stats = statDevice(wanted.source)
  if (!stats.isDirectory()) {
    const device = deviceOf(wanted.destination, stats)
    if (!device) throw new EngineError('ERR_REFUSED', `${wanted.source}: not a device node`)
    return [{device, rule: ruleOf(device, wanted.permissions)}]
  }
  const found = devicesBelow(wanted.source, wanted.destination, [])
  if (found.length === 0) throw new EngineError('ERR_REFUSED', `no devices found in ${wanted.source}`)
  return found.map((device) => ({device, rule: ruleOf(device, wanted.permissions)}))
}

function statDevice(path: string): Stats {
  try {
    return statSync(realpathSync(path))
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR')) throw error
    throw new EngineError('ERR_REFUSED', `stat ${path}: no such file or directory`, {cause: error})
  }
}

function hostDevices(systemd: boolean): Device[] {
  // systemd as PID 1 would start a getty on each virtual console of the host that it sees.
  return devicesBelow('/dev', '/dev', NOT_FOR_CONTAINERS).filter(({path}) => !systemd || !/^\/dev\/tty\d+$/.test(path))
}

function devicesBelow(source: string, destination: string, skipped: readonly string[]): Device[] {
  return readdirSync(source, {withFileTypes: true}).flatMap((entry) => {
    if (skipped.includes(entry.name)) return []
    const [from, to] = [join(source, entry.name), join(destination, entry.name)]
    if (entry.isDirectory()) return devicesBelow(from, to, skipped)
    if (!entry.isCharacterDevice() && !entry.isBlockDevice()) return []
    return deviceOf(to, statSync(from)) ?? []
  })
}

function deviceOf(path: string, stats: Stats): Device | undefined {
  const type = stats.isCharacterDevice() ? 'c' : stats.isBlockDevice() ? 'b' : undefined
  if (!type) return undefined
  const {major, minor} = deviceNumbers(stats.rdev)
  return {path, type, major, minor, fileMode: stats.mode & 0o7777, uid: stats.uid, gid: stats.gid}
}

/** @see gnu_dev_major(3): glibc spreads both numbers over 64 bits */
export function deviceNumbers(rdev: number): {major: number; minor: number} {
  const bits = BigInt(rdev)
  return {
    major: Number(((bits >> 8n) & 0xfffn) | ((bits >> 32n) & 0xfffff000n)),
    minor: Number((bits & 0xffn) | ((bits >> 12n) & 0xffffff00n)),
  }
}

function ruleOf(device: Device, access: string): DeviceCgroup {
  return {allow: true, type: device.type, major: device.major, minor: device.minor, access}
}
