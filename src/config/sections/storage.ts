import {join} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import type {StorageConfig} from '../engine-config.ts'
import type {Environment} from '../environment.ts'
import {type Layer, type Merged, mergeLayers} from '../merge.ts'
import {readToml} from '../toml-file.ts'
import {ValueReader} from '../value-reader.ts'

export interface StorageGlobals {
  readonly root?: string
  readonly runRoot?: string
  readonly storageDriver?: string
  readonly storageOptions?: readonly string[]
}

export interface StorageLocations {
  readonly root: string
  readonly runRoot: string
  readonly storage: StorageConfig
}

/** Where podman keeps its data unless told otherwise: not a choice that somebody made for Berth. */
const PODMAN_PLACES = ['/var/lib/containers/storage', '/run/containers/storage', '/var/run/containers/storage']

/**
 * The first storage.conf found (files are not merged), with berth.conf's `[storage]` above it and options above both.
 * A graphroot or runroot of storage.conf that differs from podman's own places is followed with a `berth` directory of
 * its own below it; docs/adr/0002 says why.
 */
export function storageLocations(
  environment: Environment,
  own: Merged,
  globals: StorageGlobals,
  sources: string[],
): StorageLocations {
  const layer = readStorageConf(environment)
  if (layer) sources.push(layer.source)
  const shared = new ValueReader(mergeLayers(layer ? [layer] : []), 'storage')
  const read = new ValueReader(own, 'storage')
  const places = defaultPlaces(environment)
  return {
    root: globals.root ?? read.optionalString('graphroot') ?? below(shared.optionalString('graphroot')) ?? places.root,
    runRoot:
      globals.runRoot ?? read.optionalString('runroot') ?? below(shared.optionalString('runroot')) ?? places.runRoot,
    storage: storageConfig(environment, shared, read, globals),
  }
}

function readStorageConf({variables, configHome, systemRoot, uid}: Environment): Layer | undefined {
  const named = variables.CONTAINERS_STORAGE_CONF
  if (named) {
    const tables = readToml(named)
    if (!tables)
      throw new EngineError('ERR_REFUSED', `CONTAINERS_STORAGE_CONF file: open ${named}: no such file or directory`)
    return {source: named, tables}
  }
  const system = ['etc/containers/storage.conf', 'usr/share/containers/storage.conf']
  const files = system.map((file) => join(systemRoot, file))
  if (uid !== 0) files.unshift(join(configHome, 'containers/storage.conf'))
  for (const source of files) {
    const tables = readToml(source)
    if (tables) return {source, tables}
  }
  return undefined
}

function below(place: string | undefined): string | undefined {
  return place === undefined || PODMAN_PLACES.includes(place) ? undefined : join(place, 'berth')
}

function defaultPlaces({uid, dataHome, runtimeDir}: Environment) {
  if (uid === 0) return {root: '/var/lib/berth', runRoot: '/run/berth'}
  return {root: join(dataHome, 'berth'), runRoot: join(runtimeDir, 'berth')}
}

function storageConfig(
  environment: Environment,
  shared: ValueReader,
  own: ValueReader,
  globals: StorageGlobals,
): StorageConfig {
  const driver = chooseDriver(environment, shared, own, globals)
  const given = globals.storageOptions ?? splitOptions(environment.variables.STORAGE_OPTS)
  const options = given.length > 0 ? given : fileOptions(own, shared)
  const words = new Map(options.map(splitOption))
  for (const key of words.keys()) refuseUnknown(key, driver)
  return {
    driver,
    mountOptions: splitOptions(words.get('mountopt')),
    mountProgram: words.get('mount_program') || undefined,
    options,
    transient: own.boolean('transient_store', shared.boolean('transient_store', false)),
    autoUserns: {
      user: shared.string('options.root-auto-userns-user', 'containers'),
      minSize: shared.integer('options.auto-userns-min-size', 1024),
      maxSize: shared.integer('options.auto-userns-max-size', 65536),
    },
  }
}

/** Options of podman's overlay and vfs that have nothing to work on here. */
const UNSUPPORTED = [
  ...[
    'size',
    'inodes',
    'ignore_chown_errors',
    'skip_mount_home',
    'imagestore',
    'additionalimagestore',
    'use_composefs',
  ],
  ...['force_mask', 'sync', 'override_kernel_check', 'additionallayerstore'],
]

/** @throws ERR_NOT_SUPPORTED; ERR_REFUSED as podman words it */
function refuseUnknown(key: string, driver: string): void {
  if (key === 'mountopt' || key === 'mount_program') return
  if (UNSUPPORTED.includes(key)) throw new EngineError('ERR_NOT_SUPPORTED', `storage option ${key}`)
  throw new EngineError('ERR_REFUSED', `${driver}: Unknown option ${key}`)
}

function splitOptions(text: string | undefined): string[] {
  return (text ?? '').split(',').filter((option) => option !== '')
}

/** `overlay.mountopt=nodev` → ['mountopt', 'nodev'] */
function splitOption(option: string): [string, string] {
  const [key = '', ...value] = option.split('=')
  return [key.replace(/^\.?(overlay2?|vfs)\./, ''), value.join('=')]
}

function fileOptions(own: ValueReader, shared: ValueReader): string[] {
  return ['mountopt', 'mount_program'].flatMap((key) => {
    const value = [own, shared]
      .flatMap((read) => [read.optionalString(`options.overlay.${key}`), read.optionalString(`options.${key}`)])
      .find((found) => found !== undefined)
    return value === undefined ? [] : [`overlay.${key}=${value}`]
  })
}

/** An own choice must be one we have; a driver that storage.conf names for podman (zfs, btrfs) is no choice for us. */
function chooseDriver(
  {variables}: Environment,
  shared: ValueReader,
  own: ValueReader,
  globals: StorageGlobals,
): StorageConfig['driver'] {
  const chosen = globals.storageDriver ?? (variables.STORAGE_DRIVER || own.optionalString('driver'))
  if (chosen === 'overlay2') return 'overlay'
  if (chosen === 'overlay' || chosen === 'vfs') return chosen
  if (chosen) throw new EngineError('ERR_NOT_SUPPORTED', `storage driver "${chosen}" (overlay and vfs are there)`)
  return shared.optionalString('driver') === 'vfs' ? 'vfs' : 'overlay'
}
