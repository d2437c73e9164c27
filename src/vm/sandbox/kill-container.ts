import {EngineError, hasCode} from '../../errors/index.ts'
import {refusedWith} from '../agent/agent-error.ts'
import {endProcess} from './destroy-sandbox.ts'
import {openSandbox} from './live-sandbox.ts'
import {statusOf} from './oci-state.ts'
import type {VmServices} from './services.ts'

const SIGKILL = 9

/**
 * Sends a signal to a container's process, or to all its processes. Takes no lock: a container must be killable while
 * another command waits for it. SIGKILL ends one whose guest no longer answers.
 * @throws ERR_OCI_CTR_UNKNOWN; ERR_OCI_CTR_NOT_RUNNING
 */
export async function killContainer(services: VmServices, id: string, signal: number, all: boolean): Promise<void> {
  const {store} = services
  const sandboxID = store.sandboxOf(id)
  const state = store.containerState(sandboxID, id)
  const status = statusOf(state)
  if (status === 'stopped' || status === 'creating') {
    if (all && status === 'stopped') return
    throw new EngineError('ERR_OCI_CTR_NOT_RUNNING')
  }
  if (signal === 0) return
  try {
    using sandbox = await openSandbox(services, sandboxID)
    await sandbox.agent.request('signal', {container: id, signal, ...(all ? {all} : {})})
  } catch (error) {
    if (hasCode(error, 'ERR_OCI_CTR_NOT_RUNNING')) throw new EngineError('ERR_OCI_CTR_NOT_RUNNING', '', {cause: error})
    if (signal !== SIGKILL || refusedWith(error, 'bad-request')) throw error
    await endProcess(state?.relay)
  }
}
