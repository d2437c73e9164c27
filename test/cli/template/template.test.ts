import {describe, expect, test} from 'vitest'
import {
  GoTime,
  goTypes,
  isJsonFormat,
  lookUpField,
  renderReport,
  renderValue,
  Template,
} from '../../../src/cli/template/index.ts'

const render = (text: string, data: unknown) => new Template('t', text).execute(data)

describe('values', () => {
  test('null is <nil>, a missing map entry <no value>', () => {
    expect(render('{{.A}} {{.B.x}}', {A: null, B: {y: 1}})).toBe('<nil> <no value>')
  })

  test('a nil slice and a nil map print empty and serialise as null when their type is told', () => {
    const type = {kind: 'struct', fields: {S: {type: {kind: 'slice'}}, M: {type: {kind: 'map'}}}} as const
    const text = '{{.S}}{{.M}}{{len .S}}{{json .M}}{{range .S}}x{{else}}none{{end}}{{if .M}}y{{else}}n{{end}}'
    expect(new Template('t', text).execute({S: null, M: null}, type)).toBe('[]map[]0nullnonen')
  })

  test('durations and sets print as in Go and serialise as they were', () => {
    const {duration, set, struct} = goTypes
    const type = struct({Wait: duration, Ports: set})
    const data = {Wait: 90_000_000_000, Ports: {'80/tcp': {}}}
    const text = '{{.Wait}} {{.Wait.Seconds}} {{json .Wait}} {{.Ports}} {{json .Ports}}'
    expect(new Template('t', text).execute(data, type)).toBe('1m30s 90 90000000000 map[80/tcp:{}] {"80/tcp":{}}')
    expect(new Template('t', '{{.Wait}} {{len .Ports}}').execute({}, type)).toBe('0s 0')
  })

  test('integers beyond double precision keep their digits', () => {
    expect(render('{{.N}} {{printf "%d" .N}} {{eq .N 18446744073709551615}}', {N: 18446744073709551615n})).toBe(
      '18446744073709551615 18446744073709551615 true',
    )
  })

  test('keys of maps print sorted, whatever order they were made in', () => {
    expect(render('{{.}}', {b: 1, a: [1, 'x'], c: {d: 2}})).toBe('map[a:[1 x] b:1 c:map[d:2]]')
  })

  test('a key that Object has by inheritance is no entry', () => {
    expect(render('{{.L.constructor}} {{.L.toString}}', {L: {a: 'b'}})).toBe('<no value> <no value>')
  })

  test('methods and getters of class instances are fields', () => {
    class Row {
      get Name(): string {
        return 'web'
      }
      Label(key: string): string {
        return `label ${key}`
      }
    }
    expect(render('{{.Name}} {{.Label "a"}} {{"b" | .Label}}', new Row())).toBe('web label a label b')
  })

  test('an object may answer field accesses itself', () => {
    expect(render('{{.Anything}}', {[lookUpField]: (name: string) => name.toUpperCase()})).toBe('ANYTHING')
  })

  test('fields of JSON documents answer to Go names: only the case differs', () => {
    expect(render('{{.Host.OCIRuntime.Name}}', {Host: {ociRuntime: {Name: 'runc'}}})).toBe('<no value>')
    const type = {
      kind: 'struct',
      fields: {Host: {key: 'host', type: {kind: 'struct', name: '*define.HostInfo'}}},
    } as const
    expect(new Template('t', '{{.Host.OCIRuntime}}').execute({host: {ociRuntime: 'runc'}}, type)).toBe('runc')
  })

  test('a recursive template ends with an error, not with a crash', () => {
    expect(() => render('{{define "r"}}{{template "r" .}}{{end}}{{template "r" .}}', 1)).toThrow(
      /template depth|call stack/,
    )
  })
})

describe('times', () => {
  test.each([
    ['2006-01-02 15:04:05.999999999 -0700 MST', '2023-05-01 07:08:09.12 +0000 UTC'],
    ['Jan _2 06 03:04PM', 'May  1 23 07:08AM'],
    ['Monday, January 2', 'Monday, May 1'],
    ['15:04:05.000', '07:08:09.120'],
    ['2006-01-02T15:04:05Z07:00', '2023-05-01T07:08:09Z'],
  ])('Format %s', (layout, expected) => {
    expect(new GoTime('2023-05-01T07:08:09.12Z').Format(layout)).toBe(expected)
  })

  test('keep the nanoseconds of their text', () => {
    const time = new GoTime('2023-05-01T07:08:09.123456789Z')
    expect([time.String(), time.UnixNano(), JSON.stringify(time)]).toEqual([
      '2023-05-01 07:08:09.123456789 +0000 UTC',
      1682924889123456789n,
      '"2023-05-01T07:08:09.123456789Z"',
    ])
  })
})

describe('reports', () => {
  const rows = [{ID: '1', CreatedHuman: '2 days ago'}]

  test('a default format is aligned and has headings', () => {
    const report = {command: 'ls', rows, headings: {CreatedHuman: 'created'}, origin: 'command'} as const
    const format = '{{range .}}{{.ID}}\t{{.CreatedHuman}}\n{{end -}}'
    expect(renderReport({...report, format})).toBe('ID          CREATED\n1           2 days ago\n')
    expect(renderReport({...report, format, noHeading: true})).toBe('1           2 days ago\n')
  })

  test('headings are field names in words', () => {
    expect(renderReport({command: 'ls', format: 'table {{.ImageID}} {{.IPAddress}} {{.Size}}', rows: []})).toBe(
      'IMAGE ID    IP ADDRESS  SIZE\n',
    )
  })

  test('an error in a later row leaves no half output', () => {
    expect(() => renderReport({command: 'ls', format: '{{.Nope}}', rows})).toThrow(
      'template: ls:1:13: executing "ls" at <.Nope>: can\'t evaluate field Nope in type',
    )
  })

  test('a single value is given to the template itself', () => {
    expect(renderValue('version', '{{.Client}}\\t|', {Client: '1'})).toBe('1\t|\n')
    expect(() => renderValue('info', '{{.Nope}}', {}, {kind: 'struct', name: '*define.Info'})).toThrow(
      'template: info:1:2: executing "info" at <.Nope>: can\'t evaluate field Nope in type *define.Info',
    )
  })

  test('a field that JSON leaves out has its zero value where its type is known', () => {
    const {flag, number, pointer, struct, text} = goTypes
    const rowType = struct({Zone: text, Pid: number, Init: flag, Size: pointer('int64'), Health: struct({}, '*Health')})
    const format = '{{.Zone}}|{{.Pid}}|{{.Init}}|{{.Size}}|{{.Health}}|{{if .Zone}}zone{{end}}'
    expect(renderReport({command: 'inspect', format, rows: [{}], rowType})).toBe('|0|false|<nil>|<nil>|\n')
    expect(() => renderReport({command: 'inspect', format: '{{.Health.Status}}', rows: [{}], rowType})).toThrow(
      'nil pointer evaluating *Health.Status',
    )
  })

  test.each(['json', '{{json .}}', '{{ json . }}', ' {{json}} '])('%s asks for JSON', (format) => {
    expect(isJsonFormat(format)).toBe(true)
  })

  test.each(['{{json .ID}}', 'table', '{{.}}', 'jsonl'])('%s does not', (format) => {
    expect(isJsonFormat(format)).toBe(false)
  })
})
