import type {Writable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {tarTree} from '../../../storage/index.ts'
import {hostAccountNames} from '../../host/index.ts'
import type {Engine} from '../engine.ts'
import {withRootfs} from './mount.ts'
import {idMapsOf} from './user-namespace.ts'

/** Writes the root filesystem as a tar; a container may run meanwhile. */
export async function exportContainer(engine: Engine, id: string, target: Writable): Promise<void> {
  const config = engine.state.config(id)
  const options = {idMaps: idMapsOf(config), ownerNames: hostAccountNames()}
  await withRootfs(engine, id, (rootfs) => pipeline(tarTree(rootfs, options), target))
  engine.events.container('export', config)
}
