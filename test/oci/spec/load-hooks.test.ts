import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, it} from 'vitest'
import {loadHooks} from '../../../src/oci/spec/index.ts'
import {configOf} from '../../specgen/command-line.ts'

let directory: string
let later: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'berth-hooks-'))
  later = mkdtempSync(join(tmpdir(), 'berth-hooks-'))
})

afterEach(() => {
  for (const path of [directory, later]) rmSync(path, {recursive: true, force: true})
})

const hook = {path: '/bin/true', args: ['true']}

function file(name: string, content: object, where = directory): void {
  writeFileSync(join(where, name), JSON.stringify({version: '1.0.0', hook, stages: ['prestart'], ...content}))
}

function load(...args: string[]) {
  return loadHooks([directory, later, '/no/such'], configOf([...args, 'busybox', 'sh']))
}

it.each([
  [{always: true}, [], true],
  [{always: false}, [], false],
  [{}, [], false],
  [{commands: ['^sh$', 'x']}, [], true],
  [{commands: ['bash']}, [], false],
  [{hasBindMounts: true}, ['-v', '/tmp:/x'], true],
  [{hasBindMounts: true}, [], false],
  [{annotations: {'^com\\.x$': 'y+'}}, ['--annotation', 'com.x=yyy'], true],
  [{annotations: {'^com\\.x$': '^n'}}, ['--annotation', 'com.x=yyy'], false],
  [{always: true, commands: ['bash']}, [], false],
])('%j with %j: %s', (when, args, runs) => {
  file('a.json', {when})
  expect(load(...args)).toEqual(runs ? {prestart: [hook]} : {})
})

it('runs hooks by file name; a later directory replaces', () => {
  file('b.json', {when: {always: true}, hook: {path: '/bin/true', args: ['b']}, stages: ['poststart', 'prestart']})
  file('a.json', {when: {always: true}, hook: {path: '/bin/true', args: ['old']}})
  file('a.json', {when: {always: true}, hook: {path: '/bin/true', args: ['a']}}, later)
  writeFileSync(join(directory, 'README'), 'not a hook')
  expect(load().prestart?.map(({args}) => args)).toEqual([['a'], ['b']])
  expect(load().poststart).toHaveLength(1)
})

it.each([
  [{version: '0.1.0'}, 'unrecognized hook version: "0.1.0"'],
  [{hook: {}}, 'missing required property: hook.path'],
  [{hook: {path: '/no/such/program'}}, 'stat /no/such/program: no such file'],
  [{stages: []}, 'missing required property: stages'],
  [{stages: ['sometime']}, 'unknown stage "sometime"'],
])('names the file of a wrong hook: %j', (content, message) => {
  file('bad.json', {when: {always: true}, ...content})
  expect(() => load()).toThrow(`parsing hook ${JSON.stringify(join(directory, 'bad.json'))}: ${message}`)
})
