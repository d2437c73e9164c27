import {readdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import type {LayerStore} from '../../storage/layer-store.ts'
import {openLayerStore} from '../../storage/open-layer-store.ts'
import type {EngineConfig} from '../config/index.ts'
import {EngineError, isErrno} from '../errors/index.ts'
import {findProgram, makeDirectories} from '../host/index.ts'
import type {ImageStore} from '../image/index.ts'
import {openImageStore} from '../image/open-image-store.ts'
import {type Networks, openNetworks} from '../network/open-networks.ts'
import {findRuntime, type OciRuntime} from '../oci/runtime/index.ts'
import {ConmonShim, type Shim} from '../shim/index.ts'
import {Trace} from '../timings/index.ts'
import {hold} from './container/with-container.ts'
import type {Engine} from './engine.ts'
import {EventLog} from './events/event-log.ts'
import {FileBackend} from './events/file-backend.ts'
import {JournalBackend} from './events/journal-backend.ts'
import {NoBackend} from './events/no-backend.ts'
import {PodRecords} from './pod/pod-records.ts'
import {SecretStore} from './secret/index.ts'
import {currentBootID, refreshOncePerBoot} from './state/boot.ts'
import {Layout} from './state/layout.ts'
import {refresh} from './state/refresh.ts'
import {StateDatabase} from './state/state-database.ts'
import {sweep} from './state/sweep.ts'
import {VolumePlugins, VolumeStore} from './volume/index.ts'

/** Puts the engine together, and right what a reboot or killed processes left. */
export async function openEngineParts(
  config: EngineConfig,
  options: {readonly bootID?: string; readonly warn?: (sentence: string) => void; readonly trace?: Trace},
): Promise<EngineParts> {
  if (config.rootless)
    throw new EngineError('ERR_PERMISSION', 'this needs root, containers of other users are not there yet')
  const warn = options.warn ?? ((sentence) => process.emitWarning(sentence))
  const parts = new EngineParts(config, await openLayers(config), warn, options.trace)
  const {state} = parts
  for (const directory of [config.root, config.runRoot]) makeDirectories(directory, 0o700)
  await refreshOncePerBoot(state.layout, options.bootID ?? currentBootID(), () => refreshEngine(parts))
  const swept = await sweep(state, (id, wasMade) => releaseLost(parts, id, wasMade), warn)
  // Whoever was killed there may have left something in the storage as well.
  if (swept.length > 0) await parts.layers.sweep()
  await recoverPending(parts)
  return parts
}

/** Reads and writes nothing yet. */
function openLayers({root, runRoot, storage}: EngineConfig): Promise<LayerStore> {
  return openLayerStore({
    root: join(root, 'storage'),
    runRoot: join(runRoot, 'storage'),
    driver: storage.driver,
    mountProgram: storage.mountProgram,
    mountOptions: storage.mountOptions.join(','),
  })
}

async function refreshEngine(parts: EngineParts): Promise<void> {
  const {state} = parts
  const temporary = refresh(state)
  await parts.layers.sweep()
  for (const {containerID} of parts.networks.containers.list()) await parts.networks.containers.tearDown(containerID)
  const {removeContainer} = await import('./container/remove.ts')
  for (const id of temporary) await removeContainer(parts, id, {volumes: true})
  parts.events.write({Name: '', Status: 'refresh', Type: 'system'})
}

/** Frees what a container has whose record is gone, or never came to be. */
async function releaseLost(parts: EngineParts, id: string, wasMade: boolean): Promise<void> {
  await parts.networks.containers.tearDown(id)
  await parts.layers.removeContainerLayer(id)
  const {state} = parts.state.run(id)
  if (!wasMade && !(state.status === 'removing' && state.volumes)) return
  for (const {name, anonymous, madeFor} of parts.volumes.list())
    if (anonymous && madeFor === id && parts.volumes.users(name).length === 0) await parts.volumes.remove(name)
}

/** Changes that were cut off; see `changeContainer`. Those whose process lives are left alone. */
async function recoverPending(parts: EngineParts): Promise<void> {
  for (const id of pendingIDs(parts.state.layout)) {
    using lock = parts.state.tryLock(id)
    if (!lock) continue
    if (parts.state.exists(id)) await hold(parts, id)
    else forgetPending(parts.state.layout, id)
  }
}

/** It was removed to the end but for this note. */
function forgetPending(layout: Layout, id: string): void {
  rmSync(join(layout.pending, id), {force: true})
  rmSync(layout.lock(id), {force: true})
}

function pendingIDs(layout: Layout): string[] {
  try {
    return readdirSync(layout.pending)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  }
}

/** The parts of the engine, each opened when it is first asked for. */
export class EngineParts implements Engine {
  readonly config: EngineConfig
  readonly state: StateDatabase
  readonly layers: LayerStore
  readonly trace: Trace
  readonly #warn: (sentence: string) => void
  readonly #runtimes = new Map<string, OciRuntime>()
  #images: ImageStore | undefined
  #networks: Networks | undefined
  #volumes: VolumeStore | undefined
  #secrets: SecretStore | undefined
  #pods: PodRecords | undefined
  #shim: Shim | undefined
  #events: EventLog | undefined

  constructor(config: EngineConfig, layers: LayerStore, warn: (sentence: string) => void, trace = new Trace()) {
    this.trace = trace
    this.config = config
    this.layers = layers
    this.#warn = warn
    this.state = new StateDatabase(new Layout(config.root, config.runRoot))
  }

  get images(): ImageStore {
    this.#images ??= openImageStore({
      root: this.config.root,
      layers: this.layers,
      parallelCopies: this.config.engine.imageParallelCopies,
      onEvent: ({status, id, name}) => this.events.write({ID: id, Name: name, Status: status, Type: 'image'}),
    })
    return this.#images
  }

  get networks(): Networks {
    const {network, engine} = this.config
    this.#networks ??= openNetworks({
      configDirectory: network.configDir,
      runDirectory: join(this.config.runRoot, 'network'),
      hostDirectory: '/run/berth-addresses',
      netavark: helper('netavark', engine.helperBinaryDirs) ?? 'netavark',
      aardvark: helper('aardvark-dns', engine.helperBinaryDirs),
      slirp4netns: engine.networkCommandPath || 'slirp4netns',
      defaultName: network.defaultNetwork,
      defaultSubnet: network.defaultSubnet,
      pools: network.defaultSubnetPools,
      environment: {
        ...(network.firewallDriver !== '' && {NETAVARK_FW: network.firewallDriver}),
        ...(network.dnsBindPort !== 0 && {NETAVARK_DNS_PORT: String(network.dnsBindPort)}),
      },
    })
    return this.#networks
  }

  get volumes(): VolumeStore {
    const {volumePath, volumePlugins, volumePluginTimeoutSeconds} = this.config.engine
    this.#volumes ??= new VolumeStore(
      volumePath,
      join(this.config.runRoot, 'volumes'),
      () => this.#usersOfVolumes(),
      new VolumePlugins(volumePlugins, volumePluginTimeoutSeconds * 1000),
      {
        find: (name) => this.images.lookup(name),
        create: (layer, top) => this.layers.createContainerLayer(layer, top),
        mount: (layer) => this.layers.mountContainerLayer(layer),
        unmount: (layer) => this.layers.unmountContainerLayer(layer),
        remove: (layer) => this.layers.removeContainerLayer(layer),
      },
    )
    return this.#volumes
  }

  get secrets(): SecretStore {
    this.#secrets ??= new SecretStore(join(this.config.root, 'secrets'), this.config.runRoot)
    return this.#secrets
  }

  get pods(): PodRecords {
    this.#pods ??= new PodRecords(this.state.layout)
    return this.#pods
  }

  /** @throws ERR_PROGRAM_MISSING */
  get shim(): Shim {
    this.#shim ??= openShim(this.config, this.#warn)
    return this.#shim
  }

  get events(): EventLog {
    this.#events ??= openEvents(this.config, this.state.layout)
    return this.#events
  }

  ociRuntime(nameOrPath: string): OciRuntime {
    const runtime = this.#runtimes.get(nameOrPath) ?? findRuntime(nameOrPath, this.config.engine)
    this.#runtimes.set(nameOrPath, runtime)
    return runtime
  }

  #usersOfVolumes(): ReadonlyMap<string, readonly string[]> {
    const users = new Map<string, string[]>()
    for (const id of this.state.ids())
      for (const source of new Set(this.state.summary(id).mountPoints.map((point) => point.source)))
        users.set(source, [...(users.get(source) ?? []), id])
    return users
  }
}

function openShim({engine}: EngineConfig, warn: (sentence: string) => void): Shim {
  const path = findProgram([...engine.conmonPaths, 'conmon'])
  if (!path) throw new EngineError('ERR_PROGRAM_MISSING', 'conmon')
  const env = {...shimEnvironment(), ...Object.fromEntries(engine.conmonEnv.map(splitVariable))}
  return new ConmonShim(path, env, warn)
}

/** What belongs to a service or a session of the starter is not the container monitor's. */
function shimEnvironment(): Record<string, string | undefined> {
  const {NOTIFY_SOCKET: _notify, DBUS_SESSION_BUS_ADDRESS: _bus, ...rest} = process.env
  return rest
}

function splitVariable(entry: string): [string, string] {
  const at = entry.indexOf('=')
  return [entry.slice(0, at), entry.slice(at + 1)]
}

function openEvents({engine}: EngineConfig, layout: Layout): EventLog {
  switch (engine.eventsLogger) {
    case 'none':
      return new EventLog(new NoBackend())
    case 'journald':
      return new EventLog(new JournalBackend())
    default:
      return new EventLog(new FileBackend(engine.eventsLogfilePath ?? layout.eventsFile, engine.eventsLogfileMaxBytes))
  }
}

function helper(name: string, directories: readonly string[]): string | undefined {
  const usual = ['/usr/libexec/podman', '/usr/lib/podman', '/usr/local/libexec/podman']
  return findProgram([...[...directories, ...usual].map((directory) => join(directory, name)), name])
}
