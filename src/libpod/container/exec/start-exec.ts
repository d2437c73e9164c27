import {join} from 'node:path'
import {EngineError} from '../../../errors/index.ts'
import {Acceptance, type ShimExec, type ShimmedExec} from '../../../shim/index.ts'
import type {AttachOptions, AttachSession, ExecAttachSession} from '../../define/attach.ts'
import type {ExecConfig, ExecSession} from '../../define/exec-session.ts'
import type {Engine} from '../../engine.ts'
import {execExitCommand} from '../exit-command.ts'
import type {HeldContainer} from '../held-container.ts'
import {liveFacts} from '../live-facts.ts'
import {connectAttach} from '../open-attach.ts'
import {shimCgroup} from '../shim-request.ts'
import {withContainer} from '../with-container.ts'
import {createExecHeld} from './create-exec.ts'
import {execExitDirectory, getExec, removeExecRecord, saveExec} from './exec-records.ts'
import {writeProcessDocument} from './process-document.ts'

/** Creates, runs and, when it has ended, removes a session. */
export async function execContainer(
  engine: Engine,
  id: string,
  config: ExecConfig,
  streams: AttachOptions,
): Promise<ExecAttachSession> {
  return withContainer(engine, id, async (held) => {
    const session = createExecHeld(held, config)
    try {
      return await startAttached(held, session, streams, true)
    } catch (error) {
      removeExecRecord(engine, id, session.id)
      throw error
    }
  })
}

export function startExec(
  engine: Engine,
  id: string,
  sessionID: string,
  streams: AttachOptions,
): Promise<ExecAttachSession> {
  return withContainer(engine, id, (held) => startAttached(held, requireCreated(held, sessionID), streams, false))
}

export function startExecDetached(
  engine: Engine,
  id: string,
  sessionID: string,
  options: {readonly remove?: boolean},
): Promise<void> {
  return withContainer(engine, id, async (held) => {
    const session = requireCreated(held, sessionID)
    const shimmed = await engine.shim.exec(shimExec(held, session, options))
    await begin(held, session, shimmed)
  })
}

async function startAttached(
  held: HeldContainer,
  session: ExecSession,
  streams: AttachOptions,
  removeAtEnd: boolean,
): Promise<ExecAttachSession> {
  const {engine} = held
  const shimmed = await engine.trace.time('exec shim', () => engine.shim.exec(shimExec(held, session, 'attach')))
  const attach = await connect(held, session, shimmed, streams)
  try {
    await engine.trace.time('oci exec', () => begin(held, session, shimmed))
  } catch (error) {
    attach.detach()
    throw error
  }
  return {...attach, id: session.id, exitCode: finish(held, session, shimmed, attach.ended, removeAtEnd)}
}

/** Without a terminal the shim takes the connection only when the process is there, but then before anything else. */
async function connect(
  {engine, id}: HeldContainer,
  {id: sessionID, config}: ExecSession,
  shimmed: ShimmedExec,
  streams: AttachOptions,
): Promise<AttachSession> {
  const acceptance = config.terminal ? new Acceptance(await shimmed.shimPid()) : undefined
  const attach = connectAttach(engine.state.layout.exec(id, sessionID), config.terminal, streams, engine)
  await acceptance?.done()
  return attach
}

/** Lets the process run and records it. */
async function begin(held: HeldContainer, session: ExecSession, shimmed: ShimmedExec): Promise<void> {
  const {engine} = held
  const {pid, process, shimPid} = liveFacts(await shimmed.begin())
  saveExec(engine.state.layout, {...session, state: {status: 'running', pid, process, shimPid}})
  engine.events.container('exec', held.config, {Attributes: {...held.config.labels, execID: session.id}})
}

/** The exit code when the process has ended and all it wrote has been carried; undefined after a detach. */
async function finish(
  {engine, config, id}: HeldContainer,
  session: ExecSession,
  shimmed: ShimmedExec,
  ended: Promise<'ended' | 'detached'>,
  removeAtEnd: boolean,
): Promise<number | undefined> {
  if ((await ended) === 'detached') return undefined
  const exitCode = (await shimmed.exitCode) ?? -1
  engine.events.container('exec_died', config, {
    ContainerExitCode: exitCode,
    Attributes: {...config.labels, execID: session.id},
  })
  if (removeAtEnd) removeExecRecord(engine, id, session.id)
  else if (engine.state.exists(id)) saveExec(engine.state.layout, {...session, state: {status: 'stopped', exitCode}})
  return exitCode
}

function requireCreated({engine, id}: HeldContainer, sessionID: string): ExecSession {
  const session = getExec(engine, id, sessionID)
  if (session.state.status !== 'created')
    throw new EngineError(
      'ERR_EXEC_STATE',
      `can only start created exec sessions, while container ${id} session ${sessionID} state is "${session.state.status}"`,
    )
  return session
}

function shimExec(held: HeldContainer, session: ExecSession, mode: 'attach' | {readonly remove?: boolean}): ShimExec {
  const {engine, config, id} = held
  const bundle = engine.state.layout.exec(id, session.id)
  return {
    containerID: id,
    sessionID: session.id,
    name: config.name,
    runtime: held.ociRuntime,
    bundle,
    pidFile: join(bundle, 'exec_pid'),
    shimPidFile: join(bundle, 'conmon.pid'),
    exitDirectory: execExitDirectory(engine.state.layout, session),
    persistDirectory: join(bundle, 'persist'),
    log: {driver: 'none'},
    terminal: session.config.terminal,
    stdin: session.config.attachStdin,
    systemdCgroup: engine.config.engine.cgroupManager === 'systemd' && config.cgroup.mode === 'enabled',
    shimCgroup: shimCgroup(engine, config),
    processFile: writeProcessDocument(held, session.config, bundle),
    exitDelaySeconds: 0,
    attach: mode === 'attach',
    preserveFDs: preservedFDs(session.config),
    ...(mode !== 'attach' && {exitCommand: execExitCommand(engine, id, session.id, mode)}),
  }
}

/** `--preserve-fds N` hands on the N after stderr; the runtime counts them from 3. */
function preservedFDs({preserveFDs = 0, preserveFD = []}: ExecConfig): readonly number[] {
  if (preserveFD.length === 0) return Array.from({length: preserveFDs}, (_, index) => index + 3)
  // The runtime can only hand on a row of descriptors: those in between are not the user's and are closed for the process.
  return [...preserveFD].sort((a, b) => a - b)
}
