import {resolve} from 'node:path'
import {EngineError} from '../errors/index.ts'
import {readConfigLayers} from './config-files.ts'
import type {EngineConfig, EngineSection, LogLevel} from './engine-config.ts'
import {type Environment, type EnvironmentSource, resolveEnvironment} from './environment.ts'
import {type Layer, type Merged, mergeLayers} from './merge.ts'
import {containersDefaults, containersSection} from './sections/containers.ts'
import {engineDefaults, engineSection} from './sections/engine.ts'
import {networkDefaults, networkSection} from './sections/network.ts'
import {type StorageGlobals, storageLocations} from './sections/storage.ts'
import type {Table} from './toml-file.ts'
import {ValueReader} from './value-reader.ts'

/** The options before a command; each beats every file and variable. */
export interface GlobalOptions extends StorageGlobals {
  readonly runtime?: string
  readonly runtimeFlags?: readonly string[]
  readonly cgroupManager?: string
  readonly conmon?: string
  readonly eventsBackend?: string
  readonly hooksDirs?: readonly string[]
  readonly cdiSpecDirs?: readonly string[]
  readonly logLevel?: string
  readonly modules?: readonly string[]
  readonly networkCommandPath?: string
  readonly networkConfigDir?: string
  readonly syslog?: boolean
  readonly temporaryDirectory?: string
  readonly transientStore?: boolean
  readonly volumePath?: string
}

/** For `loadConfig`: another environment than the process's, and what the command line's global options say. */
export interface ConfigOptions extends EnvironmentSource {
  readonly globals?: GlobalOptions
}

const LOG_LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'panic']

/**
 * The engine's configuration, resolved from files, environment and global options. Files are read anew each time.
 *
 * @throws ERR_CONFIG_INVALID naming file and key; ERR_REFUSED for a file or module that was named and is not there
 */
export function loadConfig(options: ConfigOptions = {}): EngineConfig {
  const environment = resolveEnvironment(options)
  const globals = options.globals ?? {}
  const layers = readConfigLayers(environment, globals.modules ?? [])
  const merged = mergeLayers([builtIn, ...layers])
  const sources = layers.map((layer) => layer.source)
  const locations = storageLocations(environment, ownStorage(layers), absolutePlaces(globals), sources)
  return deepFreeze({
    root: locations.root,
    runRoot: locations.runRoot,
    temporaryDirectory: temporaryDirectory(environment, merged, globals, locations.root),
    rootless: environment.uid !== 0,
    syslog: globals.syslog ?? false,
    logLevel: logLevel(globals.logLevel ?? 'warn'),
    storage: {...locations.storage, ...(globals.transientStore && {transient: true})},
    engine: withGlobals(
      withHelpers(engineSection(new ValueReader(merged, 'engine')), environment),
      globals,
      locations.root,
    ),
    containers: containersSection(new ValueReader(merged, 'containers')),
    network: networkSection(new ValueReader(withNetworkDir(merged, globals), 'network'), {
      root: locations.root,
      rootless: environment.uid !== 0,
    }),
    secrets: secretsSection(new ValueReader(merged, 'secrets')),
    machine: (merged.tables.vm ?? {}) as Table,
    files: sources,
  })
}

const builtIn: Layer = {
  source: 'built-in defaults',
  tables: {containers: containersDefaults, engine: engineDefaults, network: networkDefaults},
}

/** containers.conf has no `[storage]`, so one found there is berth.conf's, or that of a file that stands for it. */
function ownStorage(layers: readonly Layer[]): Merged {
  return mergeLayers(layers.filter((layer) => 'storage' in layer.tables))
}

function absolutePlaces(globals: GlobalOptions): StorageGlobals {
  const {root, runRoot} = globals
  return {...globals, root: root && resolve(root), runRoot: runRoot && resolve(runRoot)}
}

function withGlobals(section: EngineSection, globals: GlobalOptions, root: string): EngineSection {
  const flags = globals.runtimeFlags ?? []
  return {
    ...section,
    runtime: globals.runtime ?? section.runtime,
    runtimeFlags: flags.map((flag) => flag.replace(/^--/, '')),
    conmonPaths: globals.conmon ? [globals.conmon] : section.conmonPaths,
    cgroupManager: choice('cgroup-manager', globals.cgroupManager, ['cgroupfs', 'systemd']) ?? section.cgroupManager,
    eventsLogger: choice('events-backend', globals.eventsBackend, ['file', 'journald', 'none']) ?? section.eventsLogger,
    hooksDirs: globals.hooksDirs ?? section.hooksDirs,
    cdiSpecDirs: globals.cdiSpecDirs ?? section.cdiSpecDirs,
    networkCommandPath: globals.networkCommandPath ?? section.networkCommandPath,
    volumePath: globals.volumePath ?? (section.volumePath || `${root}/volumes`),
  }
}

/** A directory of the environment comes before those of the files. */
function withHelpers(section: EngineSection, {variables}: Environment): EngineSection {
  const {CONTAINERS_HELPER_BINARY_DIR: directory} = variables
  return directory ? {...section, helperBinaryDirs: [directory, ...section.helperBinaryDirs]} : section
}

function choice<T extends string>(option: string, value: string | undefined, choices: readonly T[]): T | undefined {
  if (value === undefined) return undefined
  const found = choices.find((word) => word === value)
  if (!found) throw new EngineError('ERR_INVALID_ARG', `--${option} "${value}": must be one of ${choices.join(', ')}`)
  return found
}

function withNetworkDir(merged: Merged, {networkConfigDir}: GlobalOptions): Merged {
  if (networkConfigDir === undefined) return merged
  const network = {...(merged.tables.network as Table), network_config_dir: resolve(networkConfigDir)}
  return {tables: {...merged.tables, network}, sourceOf: (key) => merged.sourceOf(key)}
}

function temporaryDirectory(environment: Environment, merged: Merged, globals: GlobalOptions, root: string): string {
  if (globals.temporaryDirectory) return resolve(globals.temporaryDirectory)
  if (environment.variables.TMPDIR) return environment.variables.TMPDIR
  const configured = new ValueReader(merged, 'engine').string('image_copy_tmp_dir', '/var/tmp')
  return configured === 'storage' ? `${root}/tmp` : configured
}

function logLevel(text: string): LogLevel {
  const lower = text.toLowerCase()
  const level = LOG_LEVELS.find((name) => name === (lower === 'warning' ? 'warn' : lower))
  if (level) return level
  throw new EngineError('ERR_REFUSED', `log level "${text}" is not supported, choose from: ${LOG_LEVELS.join(', ')}`)
}

function secretsSection(read: ValueReader) {
  return {driver: read.string('driver', 'file'), options: read.strings('opts')}
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const inner of Object.values(value)) deepFreeze(inner)
  return value
}
