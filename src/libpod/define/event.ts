export type EventType = 'container' | 'image' | 'network' | 'pod' | 'volume' | 'system' | 'secret' | 'machine'

export type EventStatus =
  | 'attach'
  | 'auto-update'
  | 'build'
  | 'checkpoint'
  | 'cleanup'
  | 'commit'
  | 'connect'
  | 'copy'
  | 'create'
  | 'died'
  | 'disconnect'
  | 'exec'
  | 'exec_died'
  | 'export'
  | 'health_status'
  | 'history'
  | 'import'
  | 'init'
  | 'kill'
  | 'loadfromarchive'
  | 'log-rotation'
  | 'mount'
  | 'pause'
  | 'prune'
  | 'pull'
  | 'pull-error'
  | 'push'
  | 'refresh'
  | 'remove'
  | 'rename'
  | 'renumber'
  | 'restart'
  | 'restore'
  | 'save'
  | 'start'
  | 'stop'
  | 'sync'
  | 'tag'
  | 'unmount'
  | 'unpause'
  | 'untag'
  | 'update'

/** One thing that happened, with the keys podman writes to its events file. */
export interface EngineEvent {
  readonly Name: string
  readonly Status: EventStatus
  readonly Type: EventType
  /** RFC 3339 with nanoseconds, UTC. */
  readonly Time: string
  readonly ID?: string
  readonly Image?: string
  readonly Network?: string
  readonly PodID?: string
  readonly ContainerExitCode?: number
  readonly HealthStatus?: string
  readonly HealthFailingStreak?: number
  readonly HealthLog?: string
  readonly Error?: string
  readonly ContainerInspectData?: string
  readonly Attributes?: Readonly<Record<string, string>>
}

export interface EventQuery {
  /** `key=value` as podman's `--filter`: container, event, image, label, network, pod, type, volume. Same key: or; else and. */
  readonly filters?: readonly string[]
  /** Milliseconds since the epoch. */
  readonly sinceMs?: number
  readonly untilMs?: number
  /** Goes on with what happens from now on until `signal` or `untilMs`. */
  readonly follow?: boolean
  /** With `follow`: also what is already there. */
  readonly history?: boolean
  readonly signal?: AbortSignal
}
