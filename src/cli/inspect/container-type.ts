import {type GoType, goTypes} from '../template/index.ts'

const {duration, flag, map, number, pointer, set, slice, struct, text, time} = goTypes

/** What JSON loses of an inspected container: which strings are times, which objects are maps, and fields that are empty. */
export const inspectContainerType: GoType = struct(
  {
    ...{Created: time, Args: slice, ExecIDs: slice, Dependencies: slice, EffectiveCaps: slice, BoundingCaps: slice},
    ...{OCIConfigPath: text, OCIRuntime: text, SizeRw: pointer('int64'), SizeRootFs: number},
    Mounts: {kind: 'slice', element: struct({Options: slice, Name: text, SubPath: text})},
    GraphDriver: struct({Data: map}),
    State: stateType(),
    NetworkSettings: networkSettingsType(),
    Config: configType(),
    HostConfig: hostConfigType(),
  },
  'interface {}',
  {ID: 'Id'},
)

function stateType(): GoType {
  return struct(
    {
      ...{StartedAt: time, FinishedAt: time, CheckpointedAt: time, RestoredAt: time},
      ...{ConmonPid: number, CgroupPath: text, StoppedByUser: flag},
      ...{Checkpointed: flag, CheckpointLog: text, CheckpointPath: text, Restored: flag, RestoreLog: text},
      Health: struct({Log: slice}, '*define.HealthCheckResults'),
    },
    '*define.InspectContainerState',
  )
}

function networkSettingsType(): GoType {
  const addresses = {SecondaryIPAddresses: slice, SecondaryIPv6Addresses: slice, AdditionalMacAddresses: slice}
  const keys = {AdditionalMacAddresses: 'AdditionalMACAddresses'}
  const network = struct({...addresses, NetworkID: text, Aliases: slice}, '*define.InspectAdditionalNetwork', keys)
  return struct(
    {...addresses, Networks: {kind: 'map', element: network}, Ports: map},
    '*define.InspectNetworkSettings',
    keys,
  )
}

function configType(): GoType {
  const healthCheck = {
    Test: slice,
    StartPeriod: duration,
    StartInterval: duration,
    Interval: duration,
    Timeout: duration,
  }
  return struct(
    {
      ...{Labels: map, Annotations: map, Volumes: set, ExposedPorts: set, Secrets: slice, ChrootDirs: slice},
      ...{Env: slice, Cmd: slice, Entrypoint: slice, CreateCommand: slice},
      Healthcheck: struct({...healthCheck, Retries: number}, '*manifest.Schema2HealthConfig'),
      StartupHealthCheck: struct({...healthCheck, Retries: number, Successes: number}, '*define.StartupHealthCheck'),
      ...{HealthcheckOnFailureAction: text, HealthLogDestination: text, HealthMaxLogCount: number},
      ...{HealthMaxLogSize: number, Timezone: text, SystemdMode: flag, Umask: text, Passwd: pointer('bool')},
      ...{SdNotifyMode: text, SdNotifySocket: text},
    },
    '*define.InspectContainerConfig',
    {
      ...{HealthMaxLogCount: 'HealthcheckMaxLogCount', HealthMaxLogSize: 'HealthcheckMaxLogSize'},
      ...{SdNotifyMode: 'sdNotifyMode', SdNotifySocket: 'sdNotifySocket'},
    },
  )
}

function hostConfigType(): GoType {
  return struct(
    {
      ...{Annotations: map, PortBindings: map, Tmpfs: map, CgroupConf: map, Binds: slice, CapAdd: slice},
      ...{CapDrop: slice, Dns: slice, DnsOptions: slice, DnsSearch: slice, ExtraHosts: slice, GroupAdd: slice},
      ...{SecurityOpt: slice, Ulimits: slice, Devices: slice, VolumesFrom: slice, Links: slice, CgroupManager: text},
      ...{IDMappings: struct({UidMap: slice, GidMap: slice}, '*define.InspectIDMappings'), Init: flag},
      LogConfig: struct({Config: map}, '*define.InspectLogConfig'),
      IntelRdtClosID: text,
    },
    '*define.InspectContainerHostConfig',
  )
}
