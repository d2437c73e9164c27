import {join} from 'node:path'
import {cgroupsPath} from '../../oci/spec/index.ts'
import type {LogTarget, ShimCgroup, ShimContainer} from '../../shim/index.ts'
import type {ContainerConfig} from '../define/container-config.ts'
import type {Engine} from '../engine.ts'
import {exitCommand} from './exit-command.ts'
import type {HeldContainer} from './held-container.ts'
import {logPath} from './log-path.ts'

/** What the shim is told about a container. */
export function shimRequest(held: HeldContainer, heldFDs: readonly number[]): ShimContainer {
  const {engine, config, bundle, id} = held
  const {layout} = engine.state
  return {
    containerID: id,
    name: config.name,
    runtime: held.ociRuntime,
    bundle,
    pidFile: pidFilePath(engine, config),
    shimPidFile: shimPidFilePath(engine, config),
    exitDirectory: layout.exits,
    persistDirectory: layout.persist(id),
    log: logTarget(engine, config),
    terminal: config.process.terminal,
    stdin: config.stdinOpen,
    systemdCgroup: engine.config.engine.cgroupManager === 'systemd' && config.cgroup.mode === 'enabled',
    shimCgroup: shimCgroup(engine, config),
    exitCommand: exitCommand(engine, config),
    syslog: engine.config.syslog,
    timeoutSeconds: config.timeoutSeconds,
    ...(config.sdnotify.mode === 'container' && {sdnotifySocket: config.sdnotify.socket}),
    syncLog: !config.autoRemove,
    keyring: engine.config.containers.keyring,
    noPivotRoot: engine.config.engine.noPivotRoot,
    withoutCgroups: config.cgroup.mode === 'disabled',
    heldFDs,
  }
}

export function pidFilePath(engine: Engine, {id, pidFile}: Pick<ContainerConfig, 'id' | 'pidFile'>): string {
  return pidFile || join(engine.state.layout.bundle(id), 'pidfile')
}

export function shimPidFilePath(
  engine: Engine,
  {id, conmonPidFile}: Pick<ContainerConfig, 'id' | 'conmonPidFile'>,
): string {
  return conmonPidFile || join(engine.state.layout.bundle(id), 'conmon.pid')
}

/** Where the shim of a container, or of one of its exec sessions, belongs. @see podman libpod, moveConmonToCgroupAndSignal */
export function shimCgroup({config: {engine}}: Engine, config: ContainerConfig): ShimCgroup | undefined {
  // A service's processes stay together: systemd tracks them.
  if (config.cgroup.mode !== 'enabled' || process.env.INVOCATION_ID) return undefined
  if (engine.cgroupManager === 'systemd')
    return {
      manager: 'systemd',
      slice: config.cgroup.parent || 'machine.slice',
      unit: `libpod-conmon-${config.id}.scope`,
    }
  return {manager: 'cgroupfs', path: join(cgroupsPath(config, 'cgroupfs') ?? '/', '..', 'conmon')}
}

function logTarget(engine: Engine, config: ContainerConfig): LogTarget {
  const {driver, maxSize, tag} = config.log
  switch (driver) {
    case 'journald':
      return {driver, tag}
    case 'none':
      return {driver}
    case 'passthrough':
    case 'passthrough-tty':
      return {driver: 'passthrough'}
    default:
      return {driver: 'k8s-file', path: logPath(engine, config) ?? '', maxSize}
  }
}
