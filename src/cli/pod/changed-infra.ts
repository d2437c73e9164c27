import type {ContainerConfig} from '../../libpod/define/container-config.ts'

type Part = (asked: ContainerConfig, infra: ContainerConfig) => Partial<ContainerConfig>

/** What an option of `pod clone` changes in the infra container. */
const parts: Readonly<Record<string, Part>> = {
  device: (asked, infra) => ({devices: [...infra.devices, ...asked.devices], ...named(asked, infra)}),
  gpus: named,
  hostname: ({hostname}) => ({hostname}),
  'infra-command': ({command, process, entrypoint, cmd}, infra) => ({
    ...{command, entrypoint, cmd},
    process: {...infra.process, args: process.args},
  }),
  'infra-conmon-pidfile': ({conmonPidFile}) => ({conmonPidFile}),
  'infra-name': ({name}) => ({name}),
  'security-opt': ({security, process}, infra) => ({
    security,
    process: {...infra.process, noNewPrivileges: process.noNewPrivileges},
  }),
  'shm-size': ({shmSizeBytes}) => ({shmSizeBytes}),
  'shm-size-systemd': ({process}, infra) => ({
    process: {...infra.process, systemdTmpfsBytes: process.systemdTmpfsBytes},
  }),
  sysctl: ({sysctl}, infra) => ({sysctl: {...infra.sysctl, ...sysctl}}),
  pid: ({namespaces}, infra) => ({namespaces: {...infra.namespaces, pid: namespaces.pid}}),
  uts: ({namespaces}, infra) => ({namespaces: {...infra.namespaces, uts: namespaces.uts}}),
  volume: mounted,
  'volumes-from': mounted,
  ...Object.fromEntries(['userns', 'uidmap', 'gidmap', 'subuidname', 'subgidname'].map((name) => [name, mapped])),
}

/** The clone of an infra container with the parts that options of the command line ask for otherwise. */
export function changedInfra(
  infra: ContainerConfig,
  asked: ContainerConfig,
  changed: (option: string) => boolean,
): ContainerConfig {
  let config = infra
  for (const [option, part] of Object.entries(parts))
    if (changed(option)) config = Object.assign({}, config, part(asked, config))
  return config
}

/** A mount asked for takes the place of one on the same destination. */
function mounted(asked: ContainerConfig, infra: ContainerConfig): Partial<ContainerConfig> {
  const ours = new Set(asked.mounts.map(({destination}) => destination))
  const notOurs = ({destination}: {readonly destination: string}) => !ours.has(destination)
  return {
    mounts: [...infra.mounts.filter(notOurs), ...asked.mounts],
    mountPoints: [...infra.mountPoints.filter(notOurs), ...asked.mountPoints],
    volumesFrom: [...new Set([...infra.volumesFrom, ...asked.volumesFrom])],
    dependencies: [...new Set([...infra.dependencies, ...asked.dependencies])],
  }
}

/** Devices by their vendors' names; `--device` and `--gpus` both ask for some. */
function named(asked: ContainerConfig, infra: ContainerConfig): Partial<ContainerConfig> {
  const cdiDevices = [...new Set([...(infra.cdiDevices ?? []), ...(asked.cdiDevices ?? [])])]
  return cdiDevices.length > 0 ? {cdiDevices} : {}
}

function mapped({namespaces}: ContainerConfig, infra: ContainerConfig): Partial<ContainerConfig> {
  return {namespaces: {...infra.namespaces, user: namespaces.user}}
}
