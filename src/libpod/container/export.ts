import type {Writable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {tarTree} from '../../../storage/index.ts'
import type {Engine} from '../engine.ts'
import {withRootfs} from './mount.ts'
import {refuseMapped} from './user-namespace.ts'

/** Writes the root filesystem as a tar; a container may run meanwhile. */
export async function exportContainer(engine: Engine, id: string, target: Writable): Promise<void> {
  refuseMapped(engine.state.config(id), 'export')
  await withRootfs(engine, id, (rootfs) => pipeline(tarTree(rootfs), target, {end: target !== process.stdout}))
  engine.events.container('export', engine.state.config(id))
}
