import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {injectDevices} from '../../../src/oci/cdi/index.ts'
import {buildSpec} from '../../../src/oci/spec/index.ts'
import type {Spec} from '../../../src/oci/types/runtime-spec.ts'
import {configOf} from '../../specgen/command-line.ts'
import {specSchemas} from '../spec/spec-schema.ts'
import {startContext} from '../spec/start-context.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'berth-cdi-'))
})

afterEach(() => rmSync(directory, {recursive: true}))

function file(name: string, content: object | string): void {
  const path = join(directory, name)
  mkdirSync(join(path, '..'), {recursive: true})
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
}

function vendor(devices: Record<string, object>, more: object = {}): object {
  const list = Object.entries(devices).map(([name, containerEdits]) => ({name, containerEdits}))
  return {cdiVersion: '0.6.0', kind: 'example.com/dev', devices: list, ...more}
}

function inject(names: readonly string[], args: readonly string[] = [], directories = [directory]): Spec {
  const spec = buildSpec(configOf([...args, 'busybox', 'true']), startContext())
  return injectDevices(
    spec,
    names.map((name) => `example.com/dev=${name}`),
    directories,
  )
}

describe('edits', () => {
  it('adds variables, mounts, hooks and groups, those of the file once and first', () => {
    const gpu = (name: string) => ({
      env: [`${name}=1`, 'SHARED=device'],
      mounts: [{hostPath: '/lib/gpu', containerPath: `/opt/${name}/lib`, options: ['ro', 'bind']}],
      hooks: [{hookName: 'createContainer', path: `/bin/${name}`, args: [name], timeout: 5}],
      additionalGids: [0, 44],
    })
    file('a.json', vendor({one: gpu('one'), two: gpu('two')}, {containerEdits: {env: ['SHARED=file', 'ALL=1']}}))
    const {process, mounts, hooks} = inject(['one', 'two'], ['-e', 'one=0'])
    const env = process?.env ?? []
    expect(env.filter((entry) => /^(one|two|SHARED|ALL)=/.test(entry))).toEqual([
      'one=1',
      'SHARED=device',
      'ALL=1',
      'two=1',
    ])
    expect(process?.user.additionalGids).toEqual([44])
    expect(mounts?.slice(-2)).toEqual([
      {destination: '/opt/one/lib', source: '/lib/gpu', options: ['ro', 'bind']},
      {destination: '/opt/two/lib', source: '/lib/gpu', options: ['ro', 'bind']},
    ])
    expect(hooks?.createContainer).toEqual([
      {path: '/bin/one', args: ['one'], timeout: 5},
      {path: '/bin/two', args: ['two'], timeout: 5},
    ])
  })

  it('takes from the host what a node does not say, and lets its cgroup use it', () => {
    const nodes = [
      {path: '/dev/zilch', hostPath: '/dev/null'},
      {path: '/dev/full', permissions: 'r', fileMode: 0o440, uid: 3, gid: 4},
      {path: '/dev/made-up', type: 'b', major: 240, minor: 1, permissions: 'none'},
    ]
    file('a.json', vendor({one: {deviceNodes: nodes}}))
    const {linux} = inject(['one'], ['--device', '/dev/zero:/dev/full'])
    expect(linux?.devices).toEqual([
      {path: '/dev/zilch', type: 'c', major: 1, minor: 3},
      {path: '/dev/full', type: 'c', major: 1, minor: 7, fileMode: 0o440, uid: 3, gid: 4},
      {path: '/dev/made-up', type: 'b', major: 240, minor: 1},
    ])
    expect(linux?.resources?.devices?.slice(-3)).toEqual([
      {allow: true, type: 'c', major: 1, minor: 3, access: 'rwm'},
      {allow: true, type: 'c', major: 1, minor: 7, access: 'r'},
      {allow: true, type: 'b', major: 240, minor: 1, access: ''},
    ])
  })

  it('puts a mount before those that lie below it', () => {
    const at = (containerPath: string) => ({mounts: [{hostPath: '/x', containerPath, options: ['bind']}]})
    file('a.json', vendor({below: at('/srv/a/b'), above: at('/srv')}))
    const places = inject(['below', 'above']).mounts?.map(({destination}) => destination) ?? []
    expect(places.indexOf('/srv')).toBeLessThan(places.indexOf('/srv/a/b'))
  })

  it('makes a config.json that the schema of the runtime-spec accepts', () => {
    const ajv = specSchemas()
    const hooks = [{hookName: 'poststop', path: '/bin/true'}]
    file('a.json', vendor({one: {deviceNodes: [{path: '/dev/null'}], hooks, intelRdt: {closID: 'gold'}}}))
    expect([ajv.validate('config-schema.json', JSON.parse(JSON.stringify(inject(['one'])))), ajv.errors]).toEqual([
      true,
      null,
    ])
  })
})

describe('files', () => {
  it('reads YAML too, and a later directory takes the place of an earlier one', () => {
    file('low/a.json', vendor({one: {env: ['FROM=low']}, two: {env: ['TWO=low']}}))
    file(
      'high/b.yaml',
      'cdiVersion: "0.5.0"\nkind: example.com/dev\ndevices:\n- name: one\n  containerEdits: {env: [FROM=high]}\n',
    )
    const both = [join(directory, 'low'), join(directory, 'gone'), join(directory, 'high')]
    expect(inject(['one', 'two'], [], both).process?.env).toEqual(expect.arrayContaining(['FROM=high', 'TWO=low']))
  })

  it('does without a file that is wrong, and says why where its device is asked for', () => {
    file('a.json', vendor({one: {}}))
    file('b.json', '{')
    file('c.json', vendor({two: {netDevices: []}}))
    expect(inject(['one'])).toBeDefined()
    expect(() => inject(['two'])).toThrow(
      new RegExp(
        `^setting up CDI devices: unresolvable CDI devices example.com/dev=two: ${directory}/b.json: .*: ${directory}/c.json: unknown edit "netDevices" in device "two"$`,
      ),
    )
  })

  it('takes neither of two that have one name', () => {
    file('a.json', vendor({one: {}}))
    file('b.json', vendor({one: {}, two: {}}))
    expect(inject(['two'])).toBeDefined()
    expect(() => inject(['one'])).toThrow(
      `example.com/dev=one is defined in ${directory}/a.json and ${directory}/b.json`,
    )
  })

  it.each([
    ['no version', {kind: 'a.b/c', devices: [{name: 'x', containerEdits: {}}]}, 'invalid cdiVersion undefined'],
    ['a kind without class', vendor({x: {}}, {kind: 'plain'}), 'invalid kind "plain"'],
    ['a name of two words', vendor({'x y': {}}), 'invalid device name "x y"'],
    ['no devices', vendor({}), 'no devices'],
    ['a variable without value', vendor({x: {env: ['A']}}), 'invalid environment variable in device "x"'],
    ['a hook of another name', vendor({x: {hooks: [{hookName: 'now', path: '/x'}]}}), 'invalid hook name "now"'],
    ['a mount from nowhere', vendor({x: {mounts: [{containerPath: '/x'}]}}), 'hostPath is missing'],
    [
      'a node of no kind',
      vendor({x: {deviceNodes: [{path: '/x', type: 'z'}]}}),
      'device node /x has an invalid type "z"',
    ],
  ])('refuses %s', (_, content, reason) => {
    file('a.json', content)
    expect(() => inject(['x'])).toThrow(`${directory}/a.json: ${reason}`)
  })

  it.each([
    ['/dev/not-there', 'is not there'],
    ['/etc/passwd', 'is not a device node'],
  ])('refuses the node %s', (hostPath, reason) => {
    file('a.json', vendor({x: {deviceNodes: [{path: '/dev/x', hostPath}]}}))
    expect(() => inject(['x'])).toThrow(`setting up CDI devices: ${hostPath} ${reason}`)
  })
})
