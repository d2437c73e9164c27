import {readlinkSync} from 'node:fs'
import type {PortMapping} from '../../libpod/define/container-config.ts'
import type {ContainerListing} from '../../libpod/define/container-listing.ts'
import type {ContainerState} from '../../libpod/define/container-state.ts'
import {humanAge, humanDuration} from '../human-duration.ts'
import {humanSize} from '../human-size.ts'
import type {GoType} from '../template/index.ts'
import {portsText} from './ports-text.ts'

export interface PsRowOptions {
  readonly noTrunc: boolean
  readonly size?: {readonly rwBytes: number; readonly rootBytes: number}
  readonly pod?: {readonly id: string; readonly name: string}
  /** Namespace numbers are looked up in /proc. */
  readonly namespaces?: boolean
  /** No container of the engine's, only a layer in its storage. */
  readonly external?: boolean
}

export const psRowType: GoType = {
  kind: 'struct',
  name: 'containers.psReporter',
  fields: {
    Created: {type: {kind: 'time'}},
    CreatedAt: {type: {kind: 'time'}},
    Labels: {type: {kind: 'map'}},
    Mounts: {type: {kind: 'slice'}},
    ExposedPorts: {type: {kind: 'map'}},
  },
}

/** A row of `ps` as templates see it; `json` gives the form of `--format json`. */
export class PsRow {
  readonly #listing: ContainerListing
  readonly #options: PsRowOptions
  readonly #now = Date.now()

  constructor(listing: ContainerListing, options: PsRowOptions) {
    this.#listing = listing
    this.#options = options
  }

  get ID(): string {
    return this.#cut(this.#summary.id)
  }

  get Image(): string {
    return this.#summary.image?.name ?? ''
  }

  get ImageID(): string {
    return this.#cut(this.#summary.image?.id ?? '')
  }

  get Command(): string {
    const text = this.#summary.command.join(' ')
    return this.#options.noTrunc || text.length <= COMMAND_LENGTH ? text : `${text.slice(0, COMMAND_LENGTH)}...`
  }

  get Created(): string {
    return this.#summary.createdAt
  }

  get CreatedAt(): string {
    return this.#summary.createdAt
  }

  get CreatedHuman(): string {
    return humanAge(this.#summary.createdAt, this.#now)
  }

  get RunningFor(): string {
    return this.CreatedHuman
  }

  get State(): string {
    return this.#options.external ? 'storage' : stateWord(this.#listing.state)
  }

  get Status(): string {
    const {health} = this.#listing
    if (this.#options.external) return 'Storage'
    const text = statusText(this.#listing.state, this.#now)
    return health ? `${text} (${health})` : text
  }

  get Ports(): string {
    return portsText(this.#listing.ports, this.#summary.exposedPorts)
  }

  get ExposedPorts(): Readonly<Record<string, readonly string[]>> | null {
    return exposedByNumber(this.#summary.exposedPorts)
  }

  get Names(): string {
    return this.#summary.name
  }

  get Labels(): Readonly<Record<string, string>> {
    return this.#summary.labels
  }

  Label(key: string): string {
    return this.#summary.labels[key] ?? ''
  }

  get Mounts(): readonly string[] {
    return this.#summary.mountPoints.map((mount) => mount.destination)
  }

  get Networks(): string {
    return this.#summary.networks.join(',')
  }

  get Pod(): string {
    return this.#cut(this.#options.pod?.id ?? this.#summary.pod ?? '')
  }

  get PodName(): string {
    return this.#options.pod?.name ?? ''
  }

  get Pid(): number {
    return 'pid' in this.#listing.state ? this.#listing.state.pid : 0
  }

  get Size(): string {
    const {size} = this.#options
    return size ? `${humanSize(size.rwBytes, 3)} (virtual ${humanSize(size.rootBytes, 3)})` : ''
  }

  get AutoRemove(): boolean {
    return this.#summary.autoRemove
  }

  get CIDFile(): string {
    return ''
  }

  get IsInfra(): boolean {
    return this.#summary.isInfra
  }

  get Restarts(): number {
    return this.#listing.restartCount
  }

  get Exited(): boolean {
    return this.State === 'exited' || this.State === 'stopped'
  }

  get ExitCode(): number {
    return 'exitCode' in this.#listing.state ? this.#listing.state.exitCode : 0
  }

  get ExitedAt(): number {
    return 'finishedAt' in this.#listing.state ? unixSeconds(this.#listing.state.finishedAt) : NEVER
  }

  get StartedAt(): number {
    return 'startedAt' in this.#listing.state ? unixSeconds(this.#listing.state.startedAt) : NEVER
  }

  get Namespaces(): Readonly<Record<string, string>> {
    return this.#options.namespaces && this.Pid > 0 ? namespaceNumbers(this.Pid) : {}
  }

  get Cgroup(): string {
    return this.Namespaces.Cgroup ?? ''
  }

  get IPC(): string {
    return this.Namespaces.IPC ?? ''
  }

  get MNT(): string {
    return this.Namespaces.MNT ?? ''
  }

  get NET(): string {
    return this.Namespaces.NET ?? ''
  }

  get PIDNS(): string {
    return this.Namespaces.PIDNS ?? ''
  }

  get User(): string {
    return this.Namespaces.User ?? ''
  }

  get USERNS(): string {
    return this.User
  }

  get UTS(): string {
    return this.Namespaces.UTS ?? ''
  }

  /** The row as JSON has it: other names and types than in templates. */
  json(): object {
    const {id, image, command, labels, name, mountPoints, networks, pod} = this.#summary
    const {ports} = this.#listing
    const {size} = this.#options
    return {
      AutoRemove: this.AutoRemove,
      Command: command,
      CreatedAt: this.CreatedHuman,
      CIDFile: this.CIDFile,
      Exited: this.Exited,
      ExitedAt: this.ExitedAt,
      ExitCode: this.ExitCode,
      ExposedPorts: this.ExposedPorts,
      Id: id,
      Image: this.Image,
      ImageID: image?.id ?? '',
      IsInfra: this.IsInfra,
      Labels: Object.keys(labels).length > 0 ? labels : null,
      Mounts: mountPoints.map((mount) => mount.destination),
      Names: [name],
      Namespaces: jsonNamespaces(this.Namespaces),
      Networks: networks,
      Pid: this.Pid,
      Pod: pod ?? '',
      PodName: this.PodName,
      Ports: ports.length > 0 ? ports.map(jsonPort) : null,
      Restarts: this.Restarts,
      Size: size ? {rootFsSize: size.rootBytes, rwSize: size.rwBytes} : null,
      StartedAt: this.StartedAt,
      State: this.State,
      Status: this.Status,
      Created: unixSeconds(this.#summary.createdAt),
    }
  }

  get #summary() {
    return this.#listing.summary
  }

  #cut(id: string): string {
    return this.#options.noTrunc ? id : id.slice(0, 12)
  }
}

const COMMAND_LENGTH = 17
/** Unix seconds of Go's zero time, which podman prints for what never happened. */
const NEVER = -62135596800

function unixSeconds(moment: string): number {
  const milliseconds = Date.parse(moment)
  return Number.isNaN(milliseconds) ? NEVER : Math.floor(milliseconds / 1000)
}

/** podman's words: a container that is made in the OCI runtime is `initialized`, one that is only recorded `created`. */
export function stateWord(state: ContainerState): string {
  if (state.status === 'configured') return 'created'
  return state.status === 'created' ? 'initialized' : state.status
}

function statusText(state: ContainerState, now: number): string {
  switch (state.status) {
    case 'running':
      return `Up ${humanDuration(now - Date.parse(state.startedAt))}`
    case 'exited':
    case 'stopped':
      return `Exited (${state.exitCode}) ${humanAge(state.finishedAt, now)}`
    default: {
      const word = stateWord(state)
      return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`
    }
  }
}

const NAMESPACE_FILES = {MNT: 'mnt', Cgroup: 'cgroup', IPC: 'ipc', NET: 'net', PIDNS: 'pid', UTS: 'uts', User: 'user'}

function namespaceNumbers(pid: number): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(NAMESPACE_FILES).map(([name, file]) => [name, namespaceNumber(pid, file)]))
}

function namespaceNumber(pid: number, file: string): string {
  try {
    return /\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/ns/${file}`))?.[1] ?? ''
  } catch {
    return ''
  }
}

const JSON_NAMESPACES: Readonly<Record<string, string>> = {
  MNT: 'Mnt',
  IPC: 'Ipc',
  NET: 'Net',
  PIDNS: 'Pidns',
  UTS: 'Uts',
}

function jsonNamespaces(numbers: Readonly<Record<string, string>>): object {
  return Object.fromEntries(
    Object.entries(numbers)
      .filter(([, number]) => number !== '')
      .map(([name, number]) => [JSON_NAMESPACES[name] ?? name, number]),
  )
}

function jsonPort(port: PortMapping): object {
  const {hostIP, containerPort, hostPort, range, protocol} = port
  return {host_ip: hostIP, container_port: containerPort, host_port: hostPort, range, protocol}
}

function exposedByNumber(exposed: readonly string[]): Readonly<Record<string, readonly string[]>> | null {
  if (exposed.length === 0) return null
  const byNumber: Record<string, string[]> = {}
  for (const port of exposed) {
    const [number = '', protocol = 'tcp'] = port.split('/')
    byNumber[number] = [...(byNumber[number] ?? []), protocol]
  }
  return byNumber
}
