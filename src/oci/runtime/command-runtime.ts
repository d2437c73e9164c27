import {basename} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {type QuickRunResult, runQuick} from '../../host/index.ts'
import type {Resources, State} from '../types/runtime-spec.ts'
import {startByFifo} from './exec-fifo.ts'
import type {CheckpointArgs, OciRuntime, RuntimeProcess, RuntimeUsage} from './oci-runtime.ts'
import {plainMessage, runtimeError} from './runtime-error.ts'

/** runc and crun say this in several ways. */
const UNKNOWN = /does not exist|no such file or directory|not found/i

/** In what `features` prints, as berth-vm does. */
const MACHINES = 'io.berth.vm.version'

/** An OCI runtime as a program on this host. */
export class CommandRuntime implements OciRuntime {
  readonly name: string
  readonly path: string
  readonly globalArgs: readonly string[]
  readonly #env: Readonly<Record<string, string | undefined>>

  /** @param env of the program; the runtime needs PATH for its hooks, and no more than that of ours */
  constructor(
    name: string,
    path: string,
    globalArgs: readonly string[],
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.name = name
    this.path = path
    this.globalArgs = globalArgs
    this.#env = env
  }

  async start(id: string): Promise<void> {
    if (this.#isRuncOfRoot() && (await startByFifo(id))) return
    await this.#act(['start', id])
  }

  async kill(id: string, signal: number, options: {readonly all?: boolean} = {}): Promise<void> {
    await this.#act(['kill', ...(options.all ? ['--all'] : []), id, String(signal)])
  }

  async delete(id: string, options: {readonly force?: boolean} = {}): Promise<void> {
    const result = await this.#run(['delete', ...(options.force ? ['--force'] : []), id])
    if (result.exitCode === 0 || (options.force && UNKNOWN.test(result.stderr))) return
    throw this.#error(result)
  }

  async pause(id: string): Promise<void> {
    await this.#act(['pause', id])
  }

  async resume(id: string): Promise<void> {
    await this.#act(['resume', id])
  }

  /** The limits go through stdin: no file to forget. It is no pipe: crun opens /dev/stdin anew. */
  async update(id: string, resources: Resources): Promise<void> {
    const args = [...this.globalArgs, 'update', '--resources', '-', id]
    const result = await runQuick(this.path, args, {input: JSON.stringify(resources), env: this.#env})
    if (result.exitCode !== 0) throw this.#error(result)
  }

  async state(id: string): Promise<State | undefined> {
    const result = await this.#run(['state', id], true)
    if (result.exitCode !== 0) {
      if (UNKNOWN.test(result.stderr)) return undefined
      throw this.#error(result)
    }
    return parse<State>(result.stdout, `${this.name} state`)
  }

  async pids(id: string): Promise<readonly number[]> {
    const result = await this.#run(['ps', '--format', 'json', id], true)
    if (result.exitCode !== 0) throw this.#error(result)
    return parse<readonly number[] | null>(result.stdout, `${this.name} ps`) ?? []
  }

  async processes(id: string): Promise<readonly RuntimeProcess[]> {
    const result = await this.#run(['ps', '--format', 'full', id], true)
    if (result.exitCode !== 0) throw this.#error(result)
    return parse<readonly RuntimeProcess[]>(result.stdout, `${this.name} ps`)
  }

  async usage(id: string): Promise<RuntimeUsage> {
    const result = await this.#run(['events', '--stats', id], true)
    if (result.exitCode !== 0) throw this.#error(result)
    return parse<{readonly data: RuntimeUsage}>(result.stdout, `${this.name} events`).data
  }

  async refreshNetwork(id: string): Promise<void> {
    await this.#act(['network', id])
  }

  async checkpoint(id: string, options: CheckpointArgs): Promise<void> {
    const flags = [
      ...['--image-path', options.imagePath, '--work-path', options.workPath],
      ...(options.leaveRunning ? ['--leave-running'] : []),
      ...(options.tcpEstablished ? ['--tcp-established'] : []),
      ...(options.fileLocks ? ['--file-locks'] : []),
      ...(options.preDump ? ['--pre-dump'] : []),
      ...(options.parentPath ? ['--parent-path', options.parentPath] : []),
    ]
    await this.#act(['checkpoint', ...flags, id])
  }

  async supportsCheckpoint(): Promise<boolean> {
    const result = await this.#run(['checkpoint', '--help'])
    return result.exitCode === 0
  }

  async version(): Promise<string> {
    const result = await runQuick(this.path, ['--version'], {stdout: true, env: this.#env})
    return result.stdout.trim()
  }

  async makesMachines(): Promise<boolean> {
    const {annotations} = ((await this.features()) ?? {}) as {annotations?: Readonly<Record<string, string>>}
    return annotations?.[MACHINES] !== undefined
  }

  async features(): Promise<unknown> {
    const result = await this.#run(['features'], true)
    return result.exitCode === 0 ? parse<unknown>(result.stdout, `${this.name} features`) : undefined
  }

  /** With flags of the user's, its state may be elsewhere. */
  #isRuncOfRoot(): boolean {
    return basename(this.path) === 'runc' && this.globalArgs.length === 0 && process.getuid?.() === 0
  }

  async #act(args: readonly string[]): Promise<void> {
    const result = await this.#run(args)
    if (result.exitCode !== 0) throw this.#error(result)
  }

  #run(args: readonly string[], stdout = false): Promise<QuickRunResult> {
    return runQuick(this.path, [...this.globalArgs, ...args], {stdout, env: this.#env})
  }

  #error({exitCode, stderr}: Pick<QuickRunResult, 'exitCode' | 'stderr'>): EngineError {
    return runtimeError(this.name, plainMessage(stderr) || `exit code ${exitCode}`)
  }
}

function parse<T>(text: string, what: string): T {
  try {
    return JSON.parse(text) as T
  } catch (cause) {
    throw new EngineError('ERR_OCI_RUNTIME', `OCI runtime error: ${what} printed no JSON`, {cause})
  }
}
