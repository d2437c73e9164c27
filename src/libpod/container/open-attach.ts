import {join} from 'node:path'
import {EngineError, isErrno} from '../../errors/index.ts'
import {Acceptance, AttachClient, parseDetachKeys, resizeTerminal} from '../../shim/index.ts'
import type {AttachOptions, AttachSession, TerminalSize} from '../define/attach.ts'
import type {Engine} from '../engine.ts'
import {type HeldContainer, isOneOf} from './held-container.ts'
import {waitForEnd} from './wait-for-end.ts'

/**
 * Connects to a container that is in the OCI runtime; to one that does not run yet so that nothing of what it will write is
 * lost. The caller holds its lock.
 */
export async function openAttach(held: HeldContainer, options: AttachOptions): Promise<AttachSession> {
  const {config, state} = held
  if (config.log.driver === 'passthrough' || config.log.driver === 'passthrough-tty') return passthroughSession(held)
  const acceptance = isOneOf(state, ['created']) ? new Acceptance(state.shimPid) : undefined
  const session = connectAttach(held.bundle, config.process.terminal, options, held.engine)
  await acceptance?.done()
  return session
}

/** Connects to the attach socket in a bundle, of a container or an exec session. */
export function connectAttach(
  bundle: string,
  terminal: boolean,
  options: AttachOptions,
  {config}: Pick<Engine, 'config'>,
): AttachSession {
  // Read where nobody can type them too: a mistake is told wherever it is made.
  const given = parseDetachKeys(options.detachKeys ?? config.engine.detachKeys)
  const keys = terminal ? given : new Uint8Array()
  if (options.size) resizeTerminal(bundle, options.size)
  const client = connect(join(bundle, 'attach'), options, keys)
  return {
    ended: client.run(),
    resize: (size: TerminalSize) => resizeTerminal(bundle, size),
    detach: () => client.detach(),
  }
}

function connect(path: string, options: AttachOptions, keys: Uint8Array): AttachClient {
  try {
    return new AttachClient(path, options, keys)
  } catch (cause) {
    if (!isErrno(cause, 'ENOENT', 'ECONNREFUSED')) throw cause
    throw new EngineError('ERR_SHIM_FAILED', `failed to connect to container's attach socket: ${path}`, {cause})
  }
}

/** The process has our own descriptors: there is nothing to carry, only an end to wait for. */
function passthroughSession({engine, id}: HeldContainer): AttachSession {
  const stop = new AbortController()
  const ended = waitForEnd(engine, id, stop.signal).then((hasEnded): 'ended' | 'detached' =>
    hasEnded ? 'ended' : 'detached',
  )
  return {ended, resize: () => {}, detach: () => stop.abort()}
}
