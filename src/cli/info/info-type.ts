import type {GoField, GoType} from '../template/index.ts'

/** Go's names of `info` where they are not the JSON key in another case. */
export const infoType: GoType = struct({
  Host: {
    type: struct({
      CgroupsVersion: {key: 'cgroupVersion'},
      NetworkBackendInfo: {type: struct({DNS: {key: 'dns'}})},
      Security: {type: struct({DefaultCapabilities: {key: 'capabilities'}})},
      Slirp4NetNS: {key: 'slirp4netns'},
    }),
  },
  Store: {type: struct({GraphOptions: {type: {kind: 'map'}}, GraphStatus: {type: {kind: 'map'}}})},
  Registries: {type: {kind: 'map'}},
  Plugins: {type: struct({})},
})

function struct(fields: Readonly<Record<string, GoField>>): GoType {
  return {
    kind: 'struct',
    fields: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, {key: keyOf(name), ...field}])),
  }
}

function keyOf(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}
