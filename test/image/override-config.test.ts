import {expect, test} from 'vitest'
import {overrideConfig, parseOverride} from '../../src/image/index.ts'

const image = {
  Env: ['PATH=/bin', 'A=1'],
  Cmd: ['sh'],
  Entrypoint: ['/old'],
  WorkingDir: '/w',
  Labels: {a: '1'},
  ExposedPorts: {'80/tcp': {}},
}
const merged = (override: object) => overrideConfig(image, parseOverride(Buffer.from(JSON.stringify(override))))

test('what is not given stays', () => {
  expect(merged({})).toEqual(image)
  expect(merged({User: '', Env: null, Cmd: []})).toEqual(image)
})

test('maps and the environment are added to', () => {
  expect(merged({Labels: {b: '2'}, ExposedPorts: {'90/udp': {}}, Volumes: {'/v': {}}, Env: ['A=2', 'B=3']})).toEqual({
    ...image,
    Labels: {a: '1', b: '2'},
    ExposedPorts: {'80/tcp': {}, '90/udp': {}},
    Volumes: {'/v': {}},
    Env: ['PATH=/bin', 'A=2', 'B=3'],
  })
})

test('a command replaces the entrypoint too, and the other way round', () => {
  expect(merged({Cmd: ['ls']})).toEqual({...image, Entrypoint: undefined, Cmd: ['ls']})
  expect(merged({Entrypoint: ['/new']})).toEqual({...image, Entrypoint: ['/new'], Cmd: undefined})
})

test.each([
  ['no JSON', /--config: not JSON/],
  ['{"Env": "A=1"}', /--config.*Env/],
])('%s is refused', (text, message) => {
  expect(() => parseOverride(Buffer.from(text))).toThrow(message)
})
