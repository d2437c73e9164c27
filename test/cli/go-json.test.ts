import {expect, it} from 'vitest'
import {goJson} from '../../src/cli/go-json.ts'
import {renderReport} from '../../src/cli/template/index.ts'

it('sorts the keys of maps and leaves the fields of structs as they are', () => {
  const document = {Name: 'x', Id: 'y', Config: {Labels: {z: '1', a: '2'}, Env: ['B', 'A']}, Options: ['rw', 'Z']}
  expect(goJson(document)).toBe(
    '{"Name":"x","Id":"y","Config":{"Labels":{"a":"2","z":"1"},"Env":["B","A"]},"Options":["rw","Z"]}',
  )
  expect(goJson(undefined)).toBe('null')
  expect(goJson({time: 5n})).toBe('{"time":5}')
})

it('is what the json of templates gives, also for a map alone and for a row with a form of its own', () => {
  class Row {
    get Labels() {
      return {z: '1', a: '2'}
    }

    json(): object {
      return {Names: ['web'], Labels: this.Labels}
    }
  }
  const render = (format: string) => renderReport({command: 'ps', format, rows: [new Row()]})
  expect(render('{{json .Labels}}')).toBe('{"a":"2","z":"1"}\n')
  expect(render('row {{json .}}')).toBe('row {"Names":["web"],"Labels":{"a":"2","z":"1"}}\n')
})
