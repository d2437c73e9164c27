import {readFileSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {type GoStruct, renderReport} from '../../../src/cli/template/index.ts'

/** What podman 4.3.1 printed for each format; recorded with the container whose inspection is `data`. */
interface Recorded {
  readonly format: string
  readonly output?: string
  readonly error?: string
}

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../fixtures/templates/${name}`, import.meta.url), 'utf8'))
const inspect: {readonly data: unknown; readonly cases: readonly Recorded[]} = read('inspect.json')
const ps: {readonly row: unknown; readonly cases: readonly Recorded[]} = read('ps.json')

const time = {kind: 'time'} as const
const labels = {kind: 'map', name: 'map[string]string'} as const
const strings = {kind: 'slice', name: '[]string'} as const
const inspectType: GoStruct = {
  kind: 'struct',
  name: 'interface {}',
  fields: {
    ID: {key: 'Id'},
    Created: {type: time},
    Config: {
      type: {
        kind: 'struct',
        fields: {Labels: {type: labels}, Volumes: {type: {kind: 'map', name: 'map[string]struct {}'}}},
      },
    },
    Mounts: {type: {kind: 'slice', name: '[]define.InspectMount'}},
    State: {
      type: {
        kind: 'struct',
        name: '*define.InspectContainerState',
        fields: {
          StartedAt: {type: time},
          Healthcheck: {key: 'Health', type: {kind: 'struct', fields: {Log: {type: strings}}}},
        },
      },
    },
    HostConfig: {
      type: {
        kind: 'struct',
        fields: {LogConfig: {type: {kind: 'struct', fields: {Config: {type: {kind: 'map'}}}}}},
      },
    },
  },
}

function outcome(render: () => string): Omit<Recorded, 'format'> {
  try {
    return {output: render()}
  } catch (error) {
    return {error: (error as Error).message}
  }
}

describe('inspect --format, as podman answers it', () => {
  test.each(inspect.cases.map((recorded) => [recorded.format, recorded] as const))('%s', (format, recorded) => {
    const render = () =>
      renderReport({command: 'inspect', format, rows: [inspect.data], rowType: inspectType, noHeading: true})
    expect({format, ...outcome(render)}).toEqual(recorded)
  })
})

const headings = {Pod: 'pod id', PodName: 'podname'}

describe('ps --format, as podman answers it', () => {
  test.each(ps.cases.map((recorded) => [recorded.format, recorded] as const))('%s', (format, recorded) => {
    const rowType: GoStruct = {kind: 'struct', name: 'containers.psReporter', fields: {Labels: {type: labels}}}
    expect({
      format,
      ...outcome(() => renderReport({command: 'ps', format, rows: [ps.row], rowType, headings})),
    }).toEqual(recorded)
  })
})
