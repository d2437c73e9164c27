import type {GoField, GoStruct} from '../template/index.ts'

const plain: GoField = {type: {kind: 'struct'}}
const list: GoField = {type: {kind: 'slice'}}
const map: GoField = {type: {kind: 'map'}}

/** Go's names of `info`: the JSON keys differ in more than one letter's case, and its maps look like its structs. */
export const infoType: GoStruct = struct({
  Host: {
    key: 'host',
    type: struct({
      CgroupsVersion: {key: 'cgroupVersion'},
      Conmon: {key: 'conmon', ...plain},
      CPUUtilization: {key: 'cpuUtilization', ...plain},
      Distribution: {key: 'distribution', ...plain},
      IDMappings: {
        key: 'idMappings',
        type: struct({GIDMap: {key: 'gidmap', ...list}, UIDMap: {key: 'uidmap', ...list}}),
      },
      NetworkBackendInfo: {key: 'networkBackendInfo', type: struct({DNS: {key: 'dns', ...plain}})},
      OCIRuntime: {key: 'ociRuntime', ...plain},
      RemoteSocket: {key: 'remoteSocket', ...plain},
      Security: {key: 'security', type: struct({DefaultCapabilities: {key: 'capabilities'}})},
      Slirp4NetNS: {key: 'slirp4netns', ...plain},
      Pasta: {key: 'pasta', ...plain},
    }),
  },
  Store: {
    key: 'store',
    type: struct({
      ContainerStore: {key: 'containerStore', ...plain},
      ImageStore: {key: 'imageStore', ...plain},
      GraphOptions: {key: 'graphOptions', ...map},
      GraphStatus: {key: 'graphStatus', ...map},
    }),
  },
  Registries: {key: 'registries', ...map},
  Plugins: {key: 'plugins', type: struct({Authorization: {key: 'authorization', ...list}})},
  Version: {key: 'version', ...plain},
})

function struct(fields: Readonly<Record<string, GoField>>): GoStruct {
  return {kind: 'struct', fields}
}
