import {mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError, isErrno} from '../../../errors/index.ts'
import {isAlive, removeDirectory, writeJson} from '../../../host/index.ts'
import {readExitFile} from '../../../shim/index.ts'
import type {ExecSession} from '../../define/exec-session.ts'
import type {Engine} from '../../engine.ts'
import {readDocument} from '../../state/documents.ts'
import type {Layout} from '../../state/layout.ts'

export const execSessionVersion = 1
const kind = {version: execSessionVersion, migrations: {}}

/** Records of exec sessions: per boot, a bundle directory each, and an index by session id. */
export function addExec({state: {layout}}: Pick<Engine, 'state'>, session: ExecSession): void {
  mkdirSync(layout.exec(session.containerID, session.id), {recursive: true, mode: 0o700})
  mkdirSync(layout.execIndex, {recursive: true, mode: 0o700})
  saveExec(layout, session)
  symlinkSync(session.containerID, join(layout.execIndex, session.id))
}

export function saveExec(layout: Layout, session: ExecSession): void {
  writeJson(recordPath(layout, session.containerID, session.id), session, {durable: false})
}

/** The session as it really is. @throws ERR_NO_SUCH_EXEC */
export function getExec({state: {layout}}: Pick<Engine, 'state'>, containerID: string, sessionID: string): ExecSession {
  const session = readDocument<ExecSession>(recordPath(layout, containerID, sessionID), kind)
  if (!session) throw noSuchExec(sessionID)
  return observeExec(layout, session)
}

export function execIDs({state: {layout}}: Pick<Engine, 'state'>, containerID: string): string[] {
  return list(layout.execs(containerID))
}

/** Container and full id of a session, by id or unambiguous prefix. @throws ERR_NO_SUCH_EXEC */
export function findExec(
  {state: {layout}}: Pick<Engine, 'state'>,
  sessionID: string,
): {containerID: string; id: string} {
  const matches = list(layout.execIndex).filter((id) => sessionID !== '' && id.startsWith(sessionID))
  const id = matches.includes(sessionID) ? sessionID : matches.length === 1 ? matches[0] : undefined
  if (id === undefined) throw noSuchExec(sessionID)
  return {containerID: readlinkSync(join(layout.execIndex, id)), id}
}

export function removeExecRecord(
  {state: {layout}}: Pick<Engine, 'state'>,
  containerID: string,
  sessionID: string,
): void {
  removeDirectory(layout.exec(containerID, sessionID))
  rmSync(join(layout.execIndex, sessionID), {force: true})
}

export function removeAllExecs(engine: Pick<Engine, 'state'>, containerID: string): void {
  for (const id of execIDs(engine, containerID)) removeExecRecord(engine, containerID, id)
}

export function execExitDirectory(layout: Layout, {containerID, id}: ExecSession): string {
  return join(layout.exec(containerID, id), 'exit')
}

function observeExec(layout: Layout, session: ExecSession): ExecSession {
  if (session.state.status !== 'running') return session
  const exit = readExitFile(join(execExitDirectory(layout, session), session.containerID), '/nonexistent')
  if (exit) return {...session, state: {status: 'stopped', exitCode: exit.exitCode}}
  if (isAlive(session.state.process)) return session
  return {...session, state: {status: 'stopped', exitCode: -1}}
}

function recordPath(layout: Layout, containerID: string, sessionID: string): string {
  return join(layout.exec(containerID, sessionID), 'session.json')
}

function noSuchExec(sessionID: string): EngineError {
  return new EngineError('ERR_NO_SUCH_EXEC', `no exec session with ID ${sessionID} found`)
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  }
}
