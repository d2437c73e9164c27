import {existsSync, readFileSync} from 'node:fs'
import type {EngineConfig} from '../config/index.ts'
import {isErrno} from '../errors/index.ts'
import type {SeccompTemplate, SecurityTemplate} from '../libpod/define/spec-vocabulary.ts'
import {resolveCapabilities} from './capabilities.ts'
import type {ContainerRequest} from './container-request.ts'
import {refuse} from './refuse.ts'
import type {SpecServices} from './services.ts'

const MASKED = [
  ...['/proc/acpi', '/proc/kcore', '/proc/keys', '/proc/latency_stats', '/proc/sched_debug', '/proc/scsi'],
  ...['/proc/timer_list', '/proc/timer_stats', '/sys/dev/block', '/sys/devices/virtual/powercap', '/sys/firmware'],
  '/sys/fs/selinux',
]
const READ_ONLY = ['/proc/asound', '/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger']
const PROFILE_PLACES = ['/etc/containers/seccomp.json', '/usr/share/containers/seccomp.json']
/** Label of an image that brings its own filter. @see --seccomp-policy */
const PROFILE_LABEL = 'io.containers.seccomp.profile'

export function resolveSecurity(
  request: ContainerRequest,
  services: SpecServices,
  imageLabels: Readonly<Record<string, string>>,
): SecurityTemplate {
  const {containers} = services.config
  const privileged = request.privileged ?? containers.privileged
  const security = request.security ?? {}
  const unmask = security.unmask ?? []
  return {
    privileged,
    readOnlyRootfs: request.readOnly ?? containers.readOnly,
    readOnlyTmpfs: request.readOnlyTmpfs ?? true,
    ...resolveCapabilities({...request, privileged}, containers.defaultCapabilities),
    seccomp: seccompOf(request, privileged, services, imageLabels),
    apparmorProfile: apparmorOf(request, privileged, services),
    selinux: selinuxOf(security.label ?? []),
    maskedPaths: privileged ? [] : [...MASKED.filter(notUnmasked(unmask)), ...(security.mask ?? [])],
    readonlyPaths: privileged ? [] : READ_ONLY.filter(notUnmasked(unmask)),
    cgroupWritable: privileged || !notUnmasked(unmask)('/sys/fs/cgroup'),
    procOptions: security.procOptions ?? [],
    securityOpt: securityOptOf(request),
  }
}

/** `ALL`, a path, or a pattern such as `/proc/*`. */
function notUnmasked(unmask: readonly string[]): (path: string) => boolean {
  return (path) => !unmask.some((word) => word.toUpperCase() === 'ALL' || matchesPath(word, path))
}

function matchesPath(pattern: string, path: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
  return new RegExp(`^${expression}$`).test(path)
}

function seccompOf(
  request: ContainerRequest,
  privileged: boolean,
  {config}: SpecServices,
  imageLabels: Readonly<Record<string, string>>,
): SeccompTemplate {
  const asked = request.security?.seccomp
  if (request.seccompPolicy === 'image') {
    const json = imageLabels[PROFILE_LABEL]
    if (!json) return refuse('no seccomp policy defined by image')
    return {kind: 'profile', source: `label ${PROFILE_LABEL}`, json}
  }
  if (asked === 'unconfined' || (asked === undefined && privileged)) return {kind: 'unconfined'}
  if (asked !== undefined) return {kind: 'profile', source: asked, json: readProfile(asked)}
  const path = defaultSeccompProfile(config)
  if (path === 'unconfined') return {kind: 'unconfined'}
  if (path) return {kind: 'default', path}
  return refuse(
    `no seccomp profile at ${PROFILE_PLACES.join(' or ')}: install the package golang-github-containers-common, or use --security-opt seccomp=unconfined`,
  )
}

/** The profile of containers that name none: the configured one, which may be `unconfined`, or the first that is installed. */
export function defaultSeccompProfile({containers}: EngineConfig): string | undefined {
  return containers.seccompProfile || PROFILE_PLACES.find((place) => existsSync(place))
}

function readProfile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const reason = isErrno(cause, 'EACCES') ? 'permission denied' : 'no such file or directory'
    return refuse(`opening seccomp profile failed: open ${path}: ${reason}`, cause)
  }
}

function apparmorOf({security}: ContainerRequest, privileged: boolean, {config}: SpecServices): string | undefined {
  const profile = security?.apparmor ?? (hasAppArmor() ? config.containers.apparmorProfile : undefined)
  if (profile === undefined || profile === 'unconfined' || profile === '') return undefined
  if (!hasAppArmor()) {
    refuse(`apparmor profile ${JSON.stringify(profile)} specified, but Apparmor is not enabled on this system`)
  }
  return privileged ? undefined : profile
}

function hasAppArmor(): boolean {
  return existsSync('/sys/kernel/security/apparmor/profiles')
}

function selinuxOf(options: readonly string[]): SecurityTemplate['selinux'] {
  return {disabled: options.includes('disable'), nested: options.includes('nested'), options}
}

/** As `inspect` lists them. */
function securityOptOf({security = {}}: ContainerRequest): string[] {
  const {apparmor, seccomp, mask = [], unmask = [], label = [], noNewPrivileges} = security
  return [
    ...(noNewPrivileges ? ['no-new-privileges'] : []),
    ...label.map((option) => `label=${option}`),
    ...(seccomp ? [`seccomp=${seccomp}`] : []),
    ...(apparmor ? [`apparmor=${apparmor}`] : []),
    ...(mask.length > 0 ? [`mask=${mask.join(':')}`] : []),
    ...(unmask.length > 0 ? [`unmask=${unmask.join(':')}`] : []),
  ]
}
