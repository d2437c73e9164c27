import {existsSync, mkdirSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../../errors/index.ts'
import type {Engine} from '../engine.ts'
import {noSuchContainer} from '../state/state-database.ts'
import {keepExitCode} from './exit-codes.ts'
import {HeldContainer} from './held-container.ts'
import {observe} from './observe.ts'
import {recover} from './recover.ts'

/**
 * Takes the container's lock, brings the record up to date, and lets `act` see it. What a killed process left of a change
 * is put right first.
 * @throws ERR_NO_SUCH_CTR
 */
export async function withContainer<T>(
  engine: Engine,
  id: string,
  act: (held: HeldContainer) => Promise<T> | T,
): Promise<T> {
  using _lock = await engine.state.lock(id)
  return await act(await hold(engine, id))
}

/**
 * As `withContainer`, for a change that takes several steps outside of the record (mounts, processes): a note on disk says
 * that one is under way, so that a kill in the middle is noticed.
 */
export function changeContainer<T>(engine: Engine, id: string, act: (held: HeldContainer) => Promise<T>): Promise<T> {
  return withContainer(engine, id, async (held) => {
    const note = pendingNote(engine, id)
    writeNote(note)
    try {
      return await act(held)
    } finally {
      rmSync(note, {force: true})
    }
  })
}

/** For who holds the lock already. */
export async function hold(engine: Engine, id: string): Promise<HeldContainer> {
  if (!engine.state.exists(id)) {
    rmSync(engine.state.layout.lock(id), {force: true})
    throw noSuchContainer(id)
  }
  const held = new HeldContainer(engine, id, engine.state.run(id))
  if (existsSync(pendingNote(engine, id))) {
    await recover(held)
    rmSync(pendingNote(engine, id), {force: true})
  }
  synchronise(held)
  return held
}

/** Records an end that nobody has recorded yet. */
export function synchronise(held: HeldContainer): void {
  const seen = observe(held.engine.state.layout, held.id, held.run)
  if (seen === held.run) return
  held.save(seen)
  const code = seen.state.status === 'stopped' ? seen.state.exitCode : undefined
  if (code !== undefined && held.config.autoRemove) keepExitCode(held.engine, held.id, code)
  held.engine.events.container('died', held.config, {ContainerExitCode: code})
}

function pendingNote(engine: Engine, id: string): string {
  return join(engine.state.layout.pending, id)
}

function writeNote(path: string): void {
  try {
    writeFileSync(path, '')
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
    mkdirSync(join(path, '..'), {recursive: true, mode: 0o700})
    writeFileSync(path, '')
  }
}
