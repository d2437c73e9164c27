import {existsSync, readdirSync, statSync} from 'node:fs'
import {hostname as hostnameOfThisHost} from 'node:os'
import {join} from 'node:path'
import {type ContainerConfig, type ContainerImage, containerConfigVersion} from '../libpod/define/container-config.ts'
import type {HostnameTemplate, NamespacesTemplate, SecretTemplate} from '../libpod/define/spec-vocabulary.ts'
import type {ImageConfig, ImageRunConfig} from '../oci/types/image-spec.ts'
import {resolveAnnotations} from './annotations.ts'
import {resolveCommand} from './command.ts'
import type {ContainerRequest} from './container-request.ts'
import {mountPointsOf, resolveDependencies} from './dependencies.ts'
import {resolveEnvironment} from './environment.ts'
import {resolveHealth} from './health.ts'
import {joinPod} from './join-pod.ts'
import {
  resolveInit,
  resolveLog,
  resolveRestart,
  resolveStopSignal,
  resolveSystemd,
  resolveTimezone,
  resolveUmask,
} from './lifecycle.ts'
import {resolveMounts} from './mounts.ts'
import {checkName} from './names.ts'
import {namespaceRules, resolveNamespace} from './namespaces.ts'
import {resolveNetwork} from './network.ts'
import {refuse, refuseArgument} from './refuse.ts'
import {resolveResources} from './resources.ts'
import {resolveSecurity} from './security.ts'
import type {SpecServices} from './services.ts'
import {resolveSysctl} from './sysctl.ts'
import {resolveUlimits} from './ulimits.ts'
import {resolveUserNamespace} from './user-namespace.ts'

/**
 * Turns a request into the config of a new container: what the request says, then the image, then containers.conf. Nothing
 * is written; `Runtime.createContainer` does that.
 *
 * @throws EngineError in podman's words for what does not fit together or does not exist
 */
export function generateContainer(asked: ContainerRequest, services: SpecServices): ContainerConfig {
  const request = asked.pod === undefined ? asked : joinPod(asked, services.pods.lookup(asked.pod), services)
  checkRequest(request, services)
  const id = services.generateID()
  const name = request.name === undefined ? services.generateName() : checkName(request.name)
  const found = request.image === undefined ? undefined : services.images.resolve(request.image)
  const image = found?.image.config.config ?? {}
  const labels = {...image.Labels, ...request.labels, ...unitLabel(services)}
  const command = resolveCommand(request, image)
  const network = resolveNetwork(request, image, services, id)
  const namespaces = resolveNamespaces(request, network.namespace, services)
  const hostname = resolveHostname(request, namespaces, services, {id, name})
  const systemd = resolveSystemd(request, command.args)
  const stopSignal = resolveStopSignal(request, image, systemd)
  const mounts = resolveMounts(request, image, services)
  const {timeoutSeconds = 0, stopTimeoutSeconds = services.config.engine.stopTimeoutSeconds} = request
  return {
    version: containerConfigVersion,
    ...{id, name, createdAt: rfc3339Nano(services.now())},
    ...(found && request.image !== undefined && {image: imageOf(found, request.image)}),
    ...(request.rootfs && {rootfs: request.rootfs}),
    command: command.args,
    ...{labels, isInfra: false},
    ...(request.pod !== undefined && {pod: request.pod}),
    ...(request.initContainer && {initContainer: request.initContainer}),
    ...{networks: network.networks, ports: network.ports, exposedPorts: network.exposedPorts},
    mountPoints: mountPointsOf(mounts),
    dependencies: resolveDependencies(id, request, namespaces, services),
    autoRemove: request.autoRemove ?? false,
    autoRemoveImage: request.autoRemoveImage ?? false,
    restartPolicy: resolveRestart(request),
    ...resolveHealth(request, image),
    process: processOf(request, image, services, {args: command.args, hostname, namespaces, systemd}),
    security: resolveSecurity(request, services, imageLabels(found?.image.config)),
    ...{namespaces, hostname, hostsFile: network.hostsFile, dns: network.dns, mounts},
    devices: request.devices ?? [],
    ...(request.cdiDevices?.length && {cdiDevices: request.cdiDevices}),
    deviceCgroupRules: request.deviceCgroupRules ?? [],
    resources: resolveResources(request, services),
    cgroup: {mode: request.cgroups ?? cgroupMode(services), parent: cgroupParent(request)},
    shmSizeBytes: request.shmSizeBytes ?? services.config.containers.shmSizeBytes,
    sysctl: resolveSysctl(request, namespaces, services),
    annotations: resolveAnnotations(request, services, {stopSignal, cidFile: request.cidFile}),
    secrets: resolveSecrets(request, services),
    chrootDirs: request.chrootDirs ?? [],
    ...(request.intelRdtClosID !== undefined && {intelRdtClosID: request.intelRdtClosID}),
    ...(request.personality !== undefined && {personality: request.personality}),
    runtime: runtimeOf(request, services, found?.image.config),
    ...(request.createCommand && {createCommand: request.createCommand}),
    ...{entrypoint: command.entrypoint, cmd: command.cmd, stdinOpen: request.stdin ?? false},
    log: resolveLog(request, services),
    ...{stopSignal, stopTimeoutSeconds, timeoutSeconds, network: network.network},
    volumesFrom: request.volumesFrom ?? [],
    imageVolumes: Object.keys(image.Volumes ?? {}),
    initRequested: request.init ?? services.config.containers.init,
    publishAll: request.publishAll ?? false,
    ...(request.cidFile !== undefined && {cidFile: request.cidFile}),
    ...(request.conmonPidFile !== undefined && {conmonPidFile: request.conmonPidFile}),
    ...(request.pidFile !== undefined && {pidFile: request.pidFile}),
    sdnotify: {mode: request.sdnotify ?? 'container', ...notifySocket(services)},
  }
}

/** `platform_to_oci_runtime` stands above the usual one. */
function runtimeOf(
  {runtime}: ContainerRequest,
  {config}: SpecServices,
  platform?: {os: string; architecture: string},
): string {
  const ofPlatform = platform && config.engine.platformToRuntime[`${platform.os}/${platform.architecture}`]
  return runtime ?? ofPlatform ?? config.engine.runtime
}

function checkRequest(request: ContainerRequest, {config}: SpecServices): void {
  if ((request.image === undefined) === (request.rootfs === undefined)) {
    refuse('invalid config provided: must specify either an image or rootfs: invalid configuration')
  }
  const {rootfs} = request
  if (rootfs && !existsSync(rootfs.path)) {
    refuse(`running container create option: stat ${rootfs.path}: no such file or directory`)
  }
  const runtime = request.runtime ?? config.engine.runtime
  if (request.cgroups === 'disabled' && !config.engine.runtimesWithoutCgroups.includes(runtime)) {
    refuseArgument(`requested OCI runtime ${runtime} is not compatible with NoCgroups`)
  }
  for (const {source} of request.devices ?? []) checkDevice(source)
}

/** @throws ERR_REFUSED, ERR_INVALID_ARG in podman's words */
function checkDevice(source: string): void {
  if (!existsSync(source)) refuse(`stat ${source}: no such file or directory`)
  if (statSync(source).isDirectory() && !holdsDevice(source)) refuseArgument(`no devices found in ${source}`)
}

function holdsDevice(directory: string): boolean {
  return readdirSync(directory, {withFileTypes: true}).some(
    (entry) =>
      entry.isCharacterDevice() ||
      entry.isBlockDevice() ||
      (entry.isDirectory() && holdsDevice(join(directory, entry.name))),
  )
}

function imageOf({image, name}: ReturnType<SpecServices['images']['resolve']>, rawName: string): ContainerImage {
  const {id, digest, topLayer} = image
  return {id, name, rawName, digest, ...(topLayer && {topLayer})}
}

function imageLabels(config: ImageConfig | undefined): Readonly<Record<string, string>> {
  return config?.config?.Labels ?? {}
}

/** systemd's unit name, so that an update knows which unit to restart. */
function unitLabel({environment}: SpecServices): Record<string, string> {
  const unit = environment.PODMAN_SYSTEMD_UNIT
  return unit ? {PODMAN_SYSTEMD_UNIT: unit} : {}
}

function resolveNamespaces(
  request: ContainerRequest,
  network: NetworkNamespace,
  services: SpecServices,
): NamespacesTemplate {
  const {containers} = services.config
  const cgroupDefault = containers.cgroupns ?? (isUnified() && !request.privileged ? 'private' : 'host')
  return {
    pid: resolveNamespace(request.pidns ?? containers.pidns, namespaceRules.pid, services),
    ipc: resolveNamespace(request.ipcns ?? containers.ipcns, namespaceRules.ipc, services),
    uts: resolveNamespace(request.utsns ?? containers.utsns, namespaceRules.uts, services),
    cgroup: resolveNamespace(request.cgroupns ?? cgroupDefault, namespaceRules.cgroup, services),
    network,
    user: resolveUserNamespace(request, services),
  }
}

type NetworkNamespace = NamespacesTemplate['network']

function isUnified(): boolean {
  return existsSync('/sys/fs/cgroup/cgroup.controllers')
}

/** A container on the host's network goes by the host's name, since that is what its peers see. */
function resolveHostname(
  request: ContainerRequest,
  {uts, network}: NamespacesTemplate,
  {config}: SpecServices,
  {id, name}: {readonly id: string; readonly name: string},
): HostnameTemplate {
  const requested = request.hostname ?? ''
  if (requested !== '' && uts.mode === 'host') {
    refuse('invalid config provided: cannot set hostname when running in the host UTS namespace: invalid configuration')
  }
  const own = config.containers.containerNameAsHostname ? name.replaceAll('_', '-') : id.slice(0, 12)
  const chosen = requested || (network.mode === 'host' ? hostnameOfThisHost() : own)
  return {requested, effective: uts.mode === 'private' ? chosen : '', manageFile: !request.noHostname}
}

interface ProcessFacts {
  readonly args: readonly string[]
  readonly hostname: HostnameTemplate
  readonly namespaces: NamespacesTemplate
  readonly systemd: boolean
}

function processOf(
  request: ContainerRequest,
  image: ImageRunConfig,
  services: SpecServices,
  {args, hostname, namespaces, systemd}: ProcessFacts,
): ContainerConfig['process'] {
  const {containers} = services.config
  const timezone = resolveTimezone(request, services)
  const initPath = resolveInit(request, services, namespaces.pid.mode)
  const oomScoreAdj = request.oomScoreAdj ?? containers.oomScoreAdj
  return {
    args,
    env: resolveEnvironment(request, image, services, hostname.effective || hostnameOfThisHost()),
    terminal: request.terminal ?? false,
    user: request.user ?? image.User ?? '',
    groupAdd: request.groupAdd ?? [],
    workdir: request.workdir ?? (image.WorkingDir || '/'),
    workdirRequired: request.workdir !== undefined,
    umask: resolveUmask(request, services),
    ...(timezone !== undefined && {timezone}),
    ...(oomScoreAdj !== undefined && {oomScoreAdj}),
    rlimits: resolveUlimits(request, services),
    noNewPrivileges: request.security?.noNewPrivileges ?? false,
    ...(initPath !== undefined && {initPath}),
    systemd,
    ...(request.shmSizeSystemdBytes !== undefined && {systemdTmpfsBytes: request.shmSizeSystemdBytes}),
    addPasswdEntry: request.passwd ?? true,
    ...(request.passwdEntry !== undefined && {passwdEntry: request.passwdEntry}),
    ...(request.groupEntry !== undefined && {groupEntry: request.groupEntry}),
    hostUsers: request.hostUsers ?? [],
  }
}

function cgroupMode({config}: SpecServices): ContainerConfig['cgroup']['mode'] {
  const {cgroups} = config.containers
  return cgroups === 'disabled' || cgroups === 'no-conmon' || cgroups === 'split' ? cgroups : 'enabled'
}

function cgroupParent({cgroupParent: parent = ''}: ContainerRequest): string {
  return parent === '' || parent.endsWith('.slice') ? parent : `/${parent.replace(/^\/+/, '')}`
}

function resolveSecrets({secrets = []}: ContainerRequest, services: SpecServices): SecretTemplate[] {
  return secrets.map((wanted) => {
    const {id, name} = services.secrets.lookup(wanted.name)
    const {kind, target = name, uid = 0, gid = 0, mode = 0o444} = wanted
    return {id, name, kind, target, uid, gid, mode}
  })
}

function notifySocket({environment}: SpecServices): {socket?: string} {
  return environment.NOTIFY_SOCKET ? {socket: environment.NOTIFY_SOCKET} : {}
}

/** Go's RFC3339Nano; the clock here counts milliseconds, the rest comes from the fine one. */
function rfc3339Nano(now: Date): string {
  const fraction = String(process.hrtime.bigint() % 1_000_000n).padStart(6, '0')
  return now.toISOString().replace('Z', `${fraction}Z`)
}
