import {existsSync, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import type {ContainerRecord, SandboxRecord} from '../../../src/vm/persist/records.ts'
import {transition} from '../../../src/vm/persist/transition.ts'
import {VmStore} from '../../../src/vm/persist/vm-store.ts'
import {temporaryDirectory} from '../../helpers/temporary-directory.ts'

const sandbox = (id: string): SandboxRecord => ({
  version: 1,
  id,
  createdAt: '2026-01-01T00:00:00Z',
  ownsNetworkNamespace: false,
  share: '9p',
})

const container = (id: string, of: string): ContainerRecord => ({
  ...{version: 1, id, sandbox: of, kind: 'container', bundle: '/b', ociVersion: '1.0.2', rootfs: '/b/rootfs'},
  ...{
    createdAt: '2026-01-01T00:00:00Z',
    owner: '0',
    terminal: false,
    annotations: {},
    hooks: {},
    cgroups: [],
    devices: [],
  },
})

describe('transitions', () => {
  it.each([
    ['ready', 'running'],
    ['ready', 'stopped'],
    ['running', 'stopped'],
    ['stopped', 'running'],
    ['running', 'running'],
  ] as const)('lead from %s to %s', (from, to) => {
    expect(transition('x', {status: from}, to)).toEqual({status: to})
  })

  it.each([
    ['running', 'ready'],
    ['stopped', 'ready'],
  ] as const)('do not lead from %s to %s', (from, to) => {
    expect(() => transition('x', {status: from}, to)).toThrow(expect.objectContaining({code: 'ERR_OCI_STATE'}))
  })
})

describe('store', () => {
  it('gives an id to one of two who ask for it', async () => {
    await using directory = temporaryDirectory()
    const store = new VmStore(directory.path)
    store.reserve('a', 'pod')
    expect(() => new VmStore(directory.path).reserve('a', 'other')).toThrow(
      expect.objectContaining({code: 'ERR_OCI_CTR_EXISTS'}),
    )
    expect(store.sandboxOf('a')).toBe('pod')
    store.release('a')
    expect(() => store.sandboxOf('a')).toThrow(expect.objectContaining({code: 'ERR_OCI_CTR_UNKNOWN'}))
  })

  it('knows the containers of each sandbox', async () => {
    await using directory = temporaryDirectory()
    const store = new VmStore(directory.path)
    store.createSandbox(sandbox('p'))
    store.createSandbox(sandbox('q'))
    store.saveContainer(container('b', 'p'))
    store.saveContainer(container('a', 'p'))
    store.saveContainer(container('c', 'q'))
    expect(store.containersOf('p').map(({id}) => id)).toEqual(['a', 'b'])
    expect(store.containersOf('nowhere')).toEqual([])
  })

  it('holds back the second who wants a lock until the first is done', async () => {
    await using directory = temporaryDirectory()
    const store = new VmStore(directory.path)
    const first = await store.lock('p')
    expect(store.tryLock('p')).toBeUndefined()
    first.release()
    const second = store.tryLock('p')
    expect(second).toBeDefined()
    second?.release()
  })

  it('leaves no lock behind for one who waited while the sandbox went', async () => {
    await using directory = temporaryDirectory()
    const store = new VmStore(directory.path)
    store.createSandbox(sandbox('p'))
    const removing = await store.lock('p')
    const waiting = store.lockExisting('p')
    store.removeSandbox('p')
    removing.release()
    expect(await waiting).toBeUndefined()
    expect(existsSync(join(directory.path, 'locks/p'))).toBe(false)
  })

  it('leaves nothing of a sandbox', async () => {
    await using directory = temporaryDirectory()
    const store = new VmStore(directory.path)
    using _lock = await store.lock('p')
    store.createSandbox(sandbox('p'))
    mkdirSync(join(store.shareDirectory('p'), 'c/rootfs'), {recursive: true})
    writeFileSync(join(store.shareDirectory('p'), 'c/m0'), '')
    store.removeSandbox('p')
    expect(existsSync(store.directory('p'))).toBe(false)
    expect(existsSync(join(directory.path, 'locks/p'))).toBe(false)
  })

  it('never deletes what still lies in the share: it may be a mount of the host', async () => {
    await using directory = temporaryDirectory()
    const store = new VmStore(directory.path)
    store.createSandbox(sandbox('p'))
    const file = join(store.shareDirectory('p'), 'c/rootfs/precious')
    mkdirSync(join(file, '..'), {recursive: true})
    writeFileSync(file, 'data')
    expect(() => store.removeSandbox('p')).toThrow(/still mounted/)
    expect(existsSync(file)).toBe(true)
  })

  it('refuses a record of a newer version', async () => {
    await using directory = temporaryDirectory()
    const store = new VmStore(directory.path)
    store.createSandbox({...sandbox('p'), version: 2})
    expect(() => store.sandbox('p')).toThrow(expect.objectContaining({code: 'ERR_RECORD_VERSION'}))
  })
})
