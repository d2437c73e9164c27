import type {Linux, Spec} from '../types/runtime-spec.ts'
import {cgroupsPath, isCgroupV2} from './cgroup-path.ts'
import {buildDevices} from './devices.ts'
import {buildMounts, rootfsPropagation} from './mounts/build-mounts.ts'
import {buildNamespaces, idMappings} from './namespaces.ts'
import {buildProcess} from './process.ts'
import {buildResources} from './resources.ts'
import {buildSeccomp} from './seccomp/build-seccomp.ts'
import type {SpecTemplate} from './spec-template.ts'
import type {StartContext} from './start-context.ts'

/** runc 1.1 and crun 1.8 both know it; nothing of later versions is used. */
const OCI_VERSION = '1.0.2'

/**
 * The config.json of one start.
 *
 * @throws ERR_REFUSED for a device that is gone, ERR_CONFIG_INVALID for a seccomp profile that does not parse
 * @see https://github.com/opencontainers/runtime-spec/blob/v1.1.0/config.md
 */
export function buildSpec(template: SpecTemplate, context: StartContext): Spec {
  const mounts = buildMounts(template, context)
  const {hostname, security} = template
  return {
    ociVersion: OCI_VERSION,
    process: buildProcess(template, context),
    root: {path: context.rootfs, ...(security.readOnlyRootfs && {readonly: true})},
    ...(hostname.effective !== '' && {hostname: hostname.effective}),
    mounts,
    ...(Object.keys(context.hooks).length > 0 && {hooks: context.hooks}),
    annotations: {...template.annotations},
    linux: {...buildLinux(template, context), ...propagation(rootfsPropagation(mounts))},
  }
}

function propagation(word: string | undefined): Pick<Linux, 'rootfsPropagation'> {
  return word === undefined ? {} : {rootfsPropagation: word}
}

function buildLinux(template: SpecTemplate, context: StartContext): Linux {
  const {security, sysctl, intelRdtClosID, personality} = template
  const {devices, rules} = buildDevices(template)
  const cgroups = cgroupsPath(template, context.cgroupManager)
  const seccomp = buildSeccomp(security)
  return {
    ...idMappings(template),
    ...(Object.keys(sysctl).length > 0 && {sysctl: {...sysctl}}),
    resources: buildResources(template, rules),
    ...(cgroups !== undefined && {cgroupsPath: cgroups}),
    namespaces: buildNamespaces(template, context),
    ...(devices.length > 0 && {devices}),
    ...(seccomp && {seccomp}),
    maskedPaths: [...security.maskedPaths, ...releaseAgent(template)],
    readonlyPaths: [...security.readonlyPaths],
    ...(intelRdtClosID !== undefined && {intelRdt: {closID: intelRdtClosID}}),
    ...(personality !== undefined && {personality: {domain: personality}}),
  }
}

/** Writing the release agent of a shared v1 hierarchy runs a program as root on the host. */
function releaseAgent({process}: SpecTemplate): string[] {
  return process.systemd && !isCgroupV2() ? ['/sys/fs/cgroup/systemd/release_agent'] : []
}
