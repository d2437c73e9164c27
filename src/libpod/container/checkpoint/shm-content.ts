import {createReadStream, createWriteStream, existsSync} from 'node:fs'
import {pipeline} from 'node:stream/promises'
import {packTree, unpackTree} from '../../../../storage/index.ts'
import type {HeldContainer} from '../held-container.ts'
import {hostShm} from '../shm.ts'
import {CheckpointFiles} from './checkpoint-files.ts'

/** What processes keep in a /dev/shm that lies on the host is the engine's to save: criu sees a mount from outside. */
export async function saveShm(held: HeldContainer): Promise<void> {
  const path = hostShm(held)
  if (path)
    await pipeline(packTree({root: path, path: '/', as: '.'}), createWriteStream(archiveOf(held), {mode: 0o600}))
}

/** Before the processes are back: they expect their files there. */
export async function restoreShm(held: HeldContainer): Promise<void> {
  const path = hostShm(held)
  const archive = archiveOf(held)
  if (path && existsSync(archive)) await unpackTree({source: createReadStream(archive), root: path, path: '/'})
}

function archiveOf({engine, id}: HeldContainer): string {
  return new CheckpointFiles(engine, id).path('shm')
}
