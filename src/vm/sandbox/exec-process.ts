import {randomBytes} from 'node:crypto'
import {join} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import type {Process} from '../../oci/types/runtime-spec.ts'
import {adaptProcess} from './adapt-spec.ts'
import {joinCgroups} from './cgroup.ts'
import {endProcess} from './destroy-sandbox.ts'
import {openSandbox} from './live-sandbox.ts'
import {lockContainer} from './locked-container.ts'
import {type ProcessRelay, startProcessRelay} from './relay.ts'
import type {VmServices} from './services.ts'

export interface ExecRequest {
  readonly container: string
  readonly process: Process
  /** Absolute. */
  readonly consoleSocket?: string
  readonly stdio: readonly [number, number, number]
}

/**
 * Runs one more process in a running container; resolves when it runs.
 * @throws ERR_OCI_STATE when the container does not run; ERR_AGENT with the guest runtime's words when the process cannot
 */
export async function execProcess(services: VmServices, request: ExecRequest): Promise<ProcessRelay> {
  using container = await lockContainer(services, request.container)
  const {record, status} = container
  if (status !== 'running') throw new EngineError('ERR_OCI_STATE', `cannot exec in a ${status} container`)
  using sandbox = await openSandbox(services, record.sandbox)
  const exec = `exec-${randomBytes(8).toString('hex')}`
  const name = {container: record.id, exec}
  const terminal = request.process.terminal ?? false
  await sandbox.agent.request(
    'exec',
    {...name, terminal, ...sizeOf(request.process)},
    {tail: JSON.stringify(adaptProcess(request.process))},
  )
  const relay = await startProcessRelay({
    ...name,
    program: services.config.relay,
    directory: sandbox.directory,
    exitFile: join('containers', record.id, `${exec}.json`),
    terminal,
    consoleSocket: request.consoleSocket,
    stdio: request.stdio,
    networkNamespace: sandbox.record.networkNamespace,
  })
  try {
    joinCgroups(record.cgroups, relay.identity.pid)
    await sandbox.agent.request('start', name)
    return relay
  } catch (error) {
    await endProcess(relay.identity)
    relay.release()
    throw error
  }
}

function sizeOf(process: Process): {rows?: number; columns?: number} {
  const size = process.consoleSize
  return size && size.height > 0 && size.width > 0 ? {rows: size.height, columns: size.width} : {}
}
