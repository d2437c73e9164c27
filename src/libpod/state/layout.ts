import {join} from 'node:path'

/**
 * Where the engine's records lie. `root` survives a reboot, `runRoot` does not. Staging lies beside the containers, on
 * the same file system, so that a rename brings a record in or takes it out in one step.
 */
export class Layout {
  readonly root: string
  readonly runRoot: string
  readonly containers: string
  readonly pods: string
  readonly staging: string
  readonly names: string
  readonly dependents: string
  readonly states: string
  readonly exits: string
  readonly execIndex: string
  readonly pending: string
  readonly registryLock: string
  readonly bootMarker: string
  readonly refreshLock: string
  readonly eventsFile: string

  constructor(root: string, runRoot: string) {
    this.root = root
    this.runRoot = runRoot
    this.containers = join(root, 'libpod', 'containers')
    this.pods = join(root, 'libpod', 'pods')
    this.staging = join(root, 'libpod', 'staging')
    this.names = join(root, 'libpod', 'names')
    this.dependents = join(root, 'libpod', 'dependents')
    this.registryLock = join(root, 'libpod', 'registry.lock')
    this.eventsFile = join(root, 'libpod', 'events', 'events.log')
    this.states = join(runRoot, 'libpod', 'states')
    this.exits = join(runRoot, 'libpod', 'exits')
    this.execIndex = join(runRoot, 'libpod', 'exec-index')
    this.pending = join(runRoot, 'libpod', 'pending')
    this.bootMarker = join(runRoot, 'libpod', 'boot-id')
    this.refreshLock = join(runRoot, 'libpod', 'refresh.lock')
  }

  /** What survives a reboot: records, log, artifacts. */
  container(id: string): string {
    return join(this.containers, id)
  }

  config(id: string): string {
    return join(this.containers, id, 'config.json')
  }

  summary(id: string): string {
    return join(this.containers, id, 'summary.json')
  }

  history(id: string): string {
    return join(this.containers, id, 'history.json')
  }

  /** Files that podman keeps in the container's static directory: log, artifacts, health log. */
  userData(id: string): string {
    return join(this.containers, id, 'userdata')
  }

  name(name: string): string {
    return join(this.names, name)
  }

  dependentsOf(id: string): string {
    return join(this.dependents, id)
  }

  state(id: string): string {
    return join(this.states, `${id}.json`)
  }

  lock(id: string): string {
    return join(this.runRoot, 'locks', id)
  }

  /** Per boot: the OCI bundle, pid files, attach socket, generated files. */
  bundle(id: string): string {
    return join(this.runRoot, 'libpod', 'run', id)
  }

  exitFile(id: string): string {
    return join(this.exits, id)
  }

  /** conmon writes `exit` and `oom` here. */
  persist(id: string): string {
    return join(this.runRoot, 'libpod', 'persist', id)
  }

  /** The bundles of a container's exec sessions. */
  execs(id: string): string {
    return join(this.runRoot, 'libpod', 'exec', id)
  }

  exec(id: string, session: string): string {
    return join(this.execs(id), session)
  }
}
