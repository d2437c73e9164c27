import {expect, it} from 'vitest'
import type {Mount} from '../../../src/oci/types/runtime-spec.ts'
import {prepareMounts} from '../../../src/vm/share/guest-mounts.ts'
import type {ShareDirectory} from '../../../src/vm/share/share-directory.ts'

const share: Pick<ShareDirectory, 'add'> = {add: (source) => `/shared${source}`}
const prepare = (mount: Partial<Mount>) =>
  prepareMounts(
    [{destination: '/data', source: '/srv', type: 'bind', options: ['rbind'], ...mount}],
    '/bundle',
    share as ShareDirectory,
    {},
  ).mounts

it('leaves out what speaks of mounts of the host', () => {
  expect(prepare({options: ['rbind', 'ro', 'rslave', 'z']})).toEqual([
    {destination: '/data', source: '/shared/srv', type: 'bind', options: ['rbind', 'ro']},
  ])
})

it.each<Partial<Mount>>([
  {options: ['rbind', 'idmap']},
  {options: ['rbind', 'ridmap']},
  {options: ['bind', 'idmap=uids=0-1000-1']},
  {uidMappings: [{containerID: 0, hostID: 1000, size: 1}]},
  {gidMappings: [{containerID: 0, hostID: 1000, size: 1}]},
])('refuses mapped ids: %j', (mount) => {
  expect(() => prepare(mount)).toThrow('mount on /data: mapped ids in a virtual machine: not supported')
})
