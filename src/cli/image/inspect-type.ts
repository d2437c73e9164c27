import {type GoType, goTypes} from '../template/index.ts'

const {duration, flag, map, number, set, slice, struct, text, time} = goTypes

/** What Go knows of an inspected image and JSON leaves out when it is empty. */
export const inspectImageType: GoType = struct(
  {
    ...{Annotations: map, Created: time, Labels: map, NamesHistory: slice, RepoDigests: slice, RepoTags: slice},
    Config: struct(
      {
        ...{User: text, ExposedPorts: set, Env: slice, Entrypoint: slice, Cmd: slice, Volumes: set, WorkingDir: text},
        ...{Labels: map, StopSignal: text, ArgsEscaped: flag},
      },
      'v1.ImageConfig',
    ),
    HealthCheck: struct(
      {
        ...{Test: slice, StartPeriod: duration, StartInterval: duration, Interval: duration, Timeout: duration},
        Retries: number,
      },
      '*manifest.Schema2HealthConfig',
    ),
    GraphDriver: struct({Data: map}),
    History: {
      kind: 'slice',
      element: struct({Created: time, CreatedBy: text, Author: text, Comment: text, EmptyLayer: flag}, 'v1.History', {
        ...{
          Created: 'created',
          CreatedBy: 'created_by',
          Author: 'author',
          Comment: 'comment',
          EmptyLayer: 'empty_layer',
        },
      }),
    },
  },
  'interface {}',
  {ID: 'Id', HealthCheck: 'Healthcheck'},
)
