import {closeSync, openSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError, hasCode} from '../../../errors/index.ts'
import {
  type DetachedProcess,
  identifyProcess,
  inNetworkNamespace,
  isAlive,
  killAndWait,
  spawnDetached,
} from '../../../host/index.ts'
import type {Device, MachineConfig, MachineRecord, SavedMachine, VirtualMachine} from '../hypervisor.ts'
import {type Origin, type QemuSettings, qemuArguments, socketNames} from './command-line.ts'
import {confined} from './confinement.ts'
import {addMemory, addVcpus, type Growth} from './grow.ts'
import {plugDevice, unplugDevice} from './hotplug.ts'
import {lastWords, messageFile} from './last-words.ts'
import {loadState, saveMachine} from './migration.ts'
import {QmpClient} from './qmp-client.ts'

const START_DEADLINE_MS = 20_000
const CONNECT_DEADLINE_MS = 10_000

/** A machine whose process is one QEMU. Its QMP connection is opened when first needed and kept until disposal. */
export class QemuMachine implements VirtualMachine {
  readonly #directory: string
  readonly #config: MachineConfig | undefined
  readonly #settings: QemuSettings
  #record: MachineRecord | undefined
  #process: DetachedProcess | undefined
  #qmp: Promise<QmpClient> | undefined

  constructor(settings: QemuSettings, subject: {readonly config: MachineConfig} | {readonly record: MachineRecord}) {
    this.#settings = settings
    this.#config = 'config' in subject ? subject.config : undefined
    this.#record = 'record' in subject ? subject.record : undefined
    this.#directory = 'config' in subject ? subject.config.directory : subject.record.directory
  }

  get record(): MachineRecord {
    if (!this.#record) throw new EngineError('ERR_VM_GONE', 'machine was not started')
    return this.#record
  }

  get ended(): Promise<string> {
    return this.#process?.ended ?? new Promise(() => {})
  }

  isAlive(): boolean {
    return this.#record !== undefined && isAlive(this.#record.process)
  }

  async start(): Promise<void> {
    await this.#spawn({kind: 'boot'})
  }

  async restore(saved: SavedMachine): Promise<void> {
    await this.#spawn({kind: 'saved', memoryFile: saved.memoryFile})
    await loadState(await this.#connection(), this.#directory, saved.stateFile)
  }

  async save(target: SavedMachine): Promise<void> {
    await saveMachine(await this.#connection(), this.record, target)
  }

  async pause(): Promise<void> {
    await (await this.#connection()).execute('stop')
  }

  async resume(): Promise<void> {
    await (await this.#connection()).execute('cont')
  }

  async addDevice(device: Device): Promise<void> {
    const ports = await plugDevice(await this.#connection(), this.record, device)
    this.#record = {...this.record, ports}
  }

  async removeDevice(id: string): Promise<void> {
    const ports = await unplugDevice(await this.#connection(), this.record, id)
    this.#record = {...this.record, ports}
  }

  async addMemory(mebibytes: number): Promise<void> {
    this.#grown(await addMemory(await this.#connection(), this.record, mebibytes))
  }

  async addVcpus(total: number): Promise<void> {
    this.#grown(await addVcpus(await this.#connection(), this.record, total))
  }

  async stop(): Promise<void> {
    if (this.#record) await killAndWait(this.#record.process)
  }

  lastWords(): string {
    return lastWords(this.#directory)
  }

  [Symbol.dispose](): void {
    this.#process?.release()
    this.#qmp?.then((client) => client[Symbol.dispose]()).catch(() => {})
  }

  async #spawn(origin: Origin): Promise<void> {
    const config = this.#config
    if (!config) throw new EngineError('ERR_INTERNAL', 'a loaded machine cannot be started')
    this.#process = await launch(config, this.#settings, origin)
    this.#record = recordOf(config, this.#process.pid)
    this.#qmp = this.#firstConnection(this.#process)
    await this.#qmp
  }

  async #firstConnection(child: DetachedProcess): Promise<QmpClient> {
    const abort = new AbortController()
    const failed = child.ended.then((how) => {
      abort.abort()
      throw new EngineError('ERR_VM_START', `${this.#settings.program} ended with ${how}: ${this.lastWords()}`)
    })
    failed.catch(() => {})
    const connected = connectWhenListening(join(this.#directory, socketNames.qmp), abort.signal)
    return Promise.race([failed, connected])
  }

  #connection(): Promise<QmpClient> {
    this.#qmp ??= QmpClient.connect(join(this.#directory, socketNames.qmp), CONNECT_DEADLINE_MS)
    return this.#qmp
  }

  #grown(growth: Growth): void {
    this.#record = {...this.record, ...growth}
  }
}

async function launch(config: MachineConfig, settings: QemuSettings, origin: Origin): Promise<DetachedProcess> {
  const messages = openSync(join(config.directory, messageFile), 'w', 0o600)
  const spawn = () =>
    spawnDetached(...confined(settings.program, qemuArguments(config, settings, origin), config), {
      cwd: config.directory,
      env: {PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin'},
      stdio: ['ignore', messages, messages],
    })
  try {
    const namespace = config.networkNamespace
    return await (namespace === undefined ? spawn() : inNetworkNamespace(namespace, spawn))
  } finally {
    closeSync(messages)
  }
}

function recordOf(config: MachineConfig, pid: number): MachineRecord {
  const {directory, hotplugPorts, memoryMiB, maximumMemoryMiB, vcpus, maximumVcpus} = config
  // A process that is gone already has no start time; whoever looks finds it dead.
  const process = identifyProcess(pid) ?? {pid, startTicks: -1}
  return {directory, process, ports: {}, hotplugPorts, memoryMiB, maximumMemoryMiB, vcpus, maximumVcpus}
}

/** QEMU makes its socket some 20 ms after its start. */
async function connectWhenListening(path: string, signal: AbortSignal): Promise<QmpClient> {
  const deadline = Date.now() + START_DEADLINE_MS
  for (;;) {
    try {
      return await QmpClient.connect(path, START_DEADLINE_MS)
    } catch (error) {
      if (signal.aborted || Date.now() > deadline || !hasCode(error, 'ERR_VM_GONE')) throw error
      await new Promise((resolve) => setTimeout(resolve, 3))
    }
  }
}
