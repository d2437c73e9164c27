import {EngineError} from '../../errors/index.ts'
import {transition} from '../persist/transition.ts'
import {endProcess} from './destroy-sandbox.ts'
import {runHooks} from './hooks.ts'
import {openSandbox} from './live-sandbox.ts'
import {lockContainer} from './locked-container.ts'
import {hookState} from './oci-state.ts'
import type {VmServices} from './services.ts'

const refusals = {
  creating: 'cannot start a container that is being made',
  running: 'cannot start an already running container',
  paused: 'cannot start a container in the paused state',
  stopped: 'cannot start a container that has stopped',
} as const

/**
 * Runs the process that `create` left waiting. A poststart hook that fails is reported, not undone: the process runs.
 * @throws ERR_OCI_STATE when it is not created; ERR_AGENT with the guest runtime's words when it cannot run, and then it is stopped
 */
export async function startContainer(services: VmServices, id: string): Promise<void> {
  const {store, timings} = services
  using container = await lockContainer(services, id)
  const {record, state, status} = container
  if (status !== 'created') throw new EngineError('ERR_OCI_STATE', refusals[status])
  using sandbox = await openSandbox(services, record.sandbox)
  const running = transition(`container ${id}`, state, 'running')
  try {
    await timings.time('start', () => sandbox.agent.request('start', {container: id}))
  } catch (error) {
    await endProcess(state.relay)
    store.saveContainerState(record.sandbox, id, {...state, status: 'stopped'})
    throw error
  }
  store.saveContainerState(record.sandbox, id, running)
  if (record.kind === 'sandbox')
    store.saveSandboxState(record.sandbox, {...store.sandboxState(record.sandbox), status: 'running'})
  await runHooks('poststart', record.hooks.poststart, hookState(record, 'running', state.relay?.pid ?? 0)).catch(
    (error) => services.warn((error as Error).message),
  )
}
