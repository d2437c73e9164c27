import {existsSync, readdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../../errors/index.ts'
import {NameRegistry} from './name-registry.ts'
import type {StateDatabase} from './state-database.ts'

type Release = (id: string, wasMade: boolean) => Promise<void>

/**
 * Finishes what killed processes left half-done: a container that was being made goes, one that was being removed goes
 * on going. Those whose maker lives are left alone. One look at an empty directory when there is nothing to do. What
 * cannot be finished is tried again next time: it concerns one container, and a command about others must not fail for it.
 * @param release frees what the container has outside of the records: its layer, mounts, network; told whether it was being
 *   made
 */
export async function sweep(
  state: StateDatabase,
  release: Release,
  warn: (sentence: string) => void,
): Promise<readonly string[]> {
  const swept: string[] = []
  for (const entry of leftovers(state))
    try {
      if (await sweepOne(state, entry, release)) swept.push(entry)
    } catch (error) {
      warn(`Finishing the removal of container ${idOf(entry)}: ${(error as Error).message}`)
    }
  return swept
}

function idOf(entry: string): string {
  return entry.replace(/^(new|rm)-/, '')
}

async function sweepOne(state: StateDatabase, entry: string, release: Release): Promise<boolean> {
  const id = idOf(entry)
  using lock = state.tryLock(id)
  const path = join(state.layout.staging, entry)
  if (!lock || !existsSync(path)) return false
  // A record may be there beside leftovers of its own making only when the name was reused: then it is not ours to free.
  if (!existsSync(state.layout.container(id))) {
    await release(id, entry.startsWith('new-'))
    state.removeRunFiles(id)
    forgetNames(state, id)
  }
  rmSync(path, {recursive: true, force: true})
  rmSync(state.layout.lock(id), {force: true})
  return true
}

function forgetNames(state: StateDatabase, id: string): void {
  const names = new NameRegistry(state.layout)
  for (const name of names.list()) names.release(name, id)
  for (const target of readDirectory(state.layout.dependents))
    rmSync(join(state.layout.dependentsOf(target), id), {force: true})
}

function leftovers(state: StateDatabase): string[] {
  return readDirectory(state.layout.staging)
}

function readDirectory(path: string): string[] {
  try {
    return readdirSync(path)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  }
}
