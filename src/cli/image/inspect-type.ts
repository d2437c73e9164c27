import type {InspectImage} from '../../image/index.ts'
import type {GoType} from '../template/index.ts'

const text: GoType = {kind: 'scalar', name: 'string'}
const list: GoType = {kind: 'slice'}
const map: GoType = {kind: 'map'}

/** What Go knows of an inspected image and JSON leaves out when it is empty. */
export const inspectImageType: GoType = {
  kind: 'struct',
  name: 'interface {}',
  fields: {
    ID: {key: 'Id'},
    Annotations: {type: map},
    Config: {
      type: {
        kind: 'struct',
        name: 'v1.ImageConfig',
        fields: {
          User: {type: text},
          ExposedPorts: {type: map},
          Env: {type: list},
          Entrypoint: {type: list},
          Cmd: {type: list},
          Volumes: {type: map},
          WorkingDir: {type: text},
          Labels: {type: map},
          StopSignal: {type: text},
        },
      },
    },
    Created: {type: {kind: 'time'}},
    HealthCheck: {key: 'Healthcheck'},
    Labels: {type: map},
    NamesHistory: {type: list},
    RepoDigests: {type: list},
    RepoTags: {type: list},
  },
}

/**
 * The object for templates: fields that JSON leaves out are there, empty, but not enumerable, so that `{{json .Config}}`
 * leaves them out as well.
 */
export function forTemplate(image: InspectImage): object {
  const Config = withEmpty(image.Config, {
    User: '',
    ExposedPorts: null,
    Env: null,
    Entrypoint: null,
    Cmd: null,
    Volumes: null,
    WorkingDir: '',
    Labels: null,
    StopSignal: '',
  })
  return withEmpty({...image, Config}, {Healthcheck: null})
}

function withEmpty<T extends object>(object: T, empty: Readonly<Record<string, unknown>>): T {
  const copy = {...object}
  for (const [key, value] of Object.entries(empty))
    if (!Object.hasOwn(copy, key)) Object.defineProperty(copy, key, {value, enumerable: false})
  return copy
}
