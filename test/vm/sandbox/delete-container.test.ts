import {existsSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {VmStore} from '../../../src/vm/persist/vm-store.ts'
import {deleteContainer} from '../../../src/vm/sandbox/delete-container.ts'
import type {VmServices} from '../../../src/vm/sandbox/services.ts'
import {temporaryDirectory} from '../../helpers/temporary-directory.ts'

const createdAt = '2026-01-01T00:00:00Z'

it('what could not be removed keeps its id, and goes with the next delete', async () => {
  await using directory = temporaryDirectory()
  const store = new VmStore(directory.path)
  const services = {store, warn: () => {}} as Partial<VmServices> as VmServices
  store.reserve('box', 'box')
  store.createSandbox({version: 1, id: 'box', createdAt, ownsNetworkNamespace: false, share: 'virtiofs'})
  store.saveContainer({
    ...{version: 1, id: 'box', sandbox: 'box', kind: 'sandbox', bundle: '/b', ociVersion: '1.0.2', rootfs: '/b/rootfs'},
    ...{createdAt, owner: '0', terminal: false, annotations: {}, hooks: {}, cgroups: [], devices: []},
  })
  // As a mount that could not be taken away: its files are the host's.
  const inTheWay = join(store.shareDirectory('box'), 'file')
  writeFileSync(inTheWay, 'of the host')
  await expect(deleteContainer(services, 'box', {force: true})).rejects.toThrow('is still mounted')
  expect(existsSync(inTheWay)).toBe(true)
  rmSync(inTheWay)
  await deleteContainer(services, 'box', {force: true})
  expect(existsSync(store.directory('box'))).toBe(false)
  expect(store.list()).toEqual([])
})
