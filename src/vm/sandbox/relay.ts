import {once} from 'node:events'
import {closeSync, openSync} from 'node:fs'
import {join} from 'node:path'
import type {Readable} from 'node:stream'
import {EngineError} from '../../errors/index.ts'
import {identifyProcess, inNetworkNamespace, type ProcessIdentity, spawnDetached} from '../../host/index.ts'
import {socketNames} from '../hypervisor/qemu/command-line.ts'
import {consoleFile} from '../hypervisor/qemu/last-words.ts'

const LOG = 'relay.log'

/**
 * Starts the relay that owns the machine's channel; the hypervisor connects to it. It lives as long as the machine.
 * @see docs/agent-protocol.md, section 8
 */
export async function startSandboxRelay(program: string, directory: string): Promise<ProcessIdentity> {
  const log = openSync(join(directory, LOG), 'w', 0o600)
  try {
    const {channel, agent, console} = socketNames
    const args = [
      'sandbox',
      '--channel',
      channel,
      '--listen',
      agent,
      '--console',
      console,
      '--console-log',
      consoleFile,
    ]
    const child = await spawnDetached(program, args, {cwd: directory, env: {}, stdio: ['ignore', 'pipe', log]})
    const line = await firstLine(child.pipes[1])
    child.release()
    const identity = identifyProcess(Number(line))
    if (!identity) throw new EngineError('ERR_VM_START', `relay ended: ${line || (await child.ended)}`)
    return identity
  } finally {
    closeSync(log)
  }
}

export interface ProcessRelayRequest {
  readonly program: string
  readonly directory: string
  readonly container: string
  readonly exec?: string
  /** Relative to `directory`. */
  readonly exitFile: string
  readonly terminal: boolean
  /** Absolute. */
  readonly consoleSocket?: string
  /** Descriptors 0, 1 and 2 of the process. */
  readonly stdio: readonly [number, number, number]
  /** Where its network is: tools look at the namespaces of the pid that is reported. */
  readonly networkNamespace?: string
}

export interface ProcessRelay {
  readonly identity: ProcessIdentity
  /** Its exit code, for whoever stays that long. */
  readonly exitCode: Promise<number>
  release(): void
}

/**
 * Starts the process that stands for a guest process on the host; resolves when it is attached.
 * @throws ERR_AGENT with the reason when it cannot attach
 * @see docs/agent-protocol.md, section 9
 */
export async function startProcessRelay(request: ProcessRelayRequest): Promise<ProcessRelay> {
  const spawn = () =>
    spawnDetached(request.program, relayArguments(request), {
      cwd: request.directory,
      env: {},
      stdio: [...request.stdio, 'pipe'],
    })
  const namespace = request.networkNamespace
  const child = await (namespace === undefined ? spawn() : inNetworkNamespace(namespace, spawn))
  const line = await firstLine(child.pipes[3])
  const identity = identifyProcess(child.pid)
  if (line !== 'ok' || !identity) {
    child.release()
    throw new EngineError(
      'ERR_AGENT',
      `cannot attach to ${request.container}: ${line.replace(/^error /, '') || 'relay ended'}`,
    )
  }
  return {identity, exitCode: child.exitCode, release: () => child.release()}
}

function relayArguments(request: ProcessRelayRequest): string[] {
  return [
    ...['process', '--agent', socketNames.agent, '--container', request.container],
    ...(request.exec === undefined ? [] : ['--exec', request.exec]),
    ...(request.terminal ? ['--terminal'] : []),
    ...(request.terminal && request.consoleSocket !== undefined ? ['--console-socket', request.consoleSocket] : []),
    ...['--exit-file', request.exitFile, '--ready-fd', '3'],
  ]
}

async function firstLine(pipe: Readable | undefined): Promise<string> {
  if (!pipe) throw new EngineError('ERR_INTERNAL', 'relay without pipe')
  let text = ''
  pipe.setEncoding('utf8')
  pipe.on('data', (chunk: string) => {
    text += chunk
    if (text.includes('\n')) pipe.emit('line')
  })
  await Promise.race([once(pipe, 'line'), once(pipe, 'end')])
  return text.split('\n', 1)[0] ?? ''
}
