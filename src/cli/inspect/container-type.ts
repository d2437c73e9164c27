import type {GoStruct, GoType} from '../template/index.ts'

const time: GoType = {kind: 'time'}
const map: GoType = {kind: 'map'}
const slice: GoType = {kind: 'slice'}

function struct(fields: Readonly<Record<string, GoType>>, name?: string): GoStruct {
  return {kind: 'struct', name, fields: Object.fromEntries(Object.entries(fields).map(([key, type]) => [key, {type}]))}
}

/** What JSON loses of an inspected container: which strings are times, which objects are maps. */
export const inspectContainerType: GoType = {
  kind: 'struct',
  name: 'interface {}',
  fields: {
    ID: {key: 'Id'},
    Created: {type: time},
    Args: {type: slice},
    ExecIDs: {type: slice},
    Dependencies: {type: slice},
    EffectiveCaps: {type: slice},
    BoundingCaps: {type: slice},
    Mounts: {type: {kind: 'slice', element: struct({Options: slice})}},
    GraphDriver: {type: struct({Data: map})},
    State: {
      type: struct({
        StartedAt: time,
        FinishedAt: time,
        CheckpointedAt: time,
        RestoredAt: time,
        Health: struct({Log: slice}),
      }),
    },
    NetworkSettings: {type: struct({Networks: map, Ports: map})},
    Config: {
      type: struct({
        ...{Labels: map, Annotations: map, Volumes: map, ExposedPorts: map},
        ...{Env: slice, Cmd: slice, Entrypoint: slice, CreateCommand: slice, Secrets: slice},
      }),
    },
    HostConfig: {
      type: struct({
        ...{Annotations: map, PortBindings: map, Tmpfs: map, CgroupConf: map},
        ...{
          Binds: slice,
          CapAdd: slice,
          CapDrop: slice,
          Dns: slice,
          DnsOptions: slice,
          DnsSearch: slice,
          ExtraHosts: slice,
        },
        ...{GroupAdd: slice, SecurityOpt: slice, Ulimits: slice, Devices: slice, VolumesFrom: slice, Links: slice},
      }),
    },
  },
}
