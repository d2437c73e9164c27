import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import type {Environment} from '../../config/environment.ts'
import {readToml, type Table} from '../../config/toml-file.ts'
import {EngineError, isErrno} from '../../errors/index.ts'
import {Field} from '../documents/field.ts'

export type MirrorUse = 'all' | 'digest-only' | 'tag-only'

/** @see containers-registries.conf(5) */
export interface RegistryEntry {
  /** `host[:port][/path]`, or `*.domain`. */
  readonly prefix: string
  /** What replaces the prefix; empty for a wildcard entry, which replaces nothing. */
  readonly location: string
  readonly insecure: boolean
  readonly blocked: boolean
  readonly mirrors: readonly {readonly location: string; readonly insecure: boolean; readonly use: MirrorUse}[]
}

export interface Alias {
  readonly target: string
  /** The file that defines it: messages name it. */
  readonly file: string
}

export interface RegistriesConf {
  /** The main file, whether it exists or not: messages name it. */
  readonly path: string
  readonly searchRegistries: readonly string[]
  readonly shortNameMode: 'enforcing' | 'permissive' | 'disabled'
  readonly credentialHelpers: readonly string[]
  readonly registries: readonly RegistryEntry[]
  /** Full repositories by short name; an empty one takes an earlier alias away. */
  readonly aliases: Readonly<Record<string, Alias>>
}

/** registries.conf with its drop-ins. @throws ERR_CONFIG_INVALID naming file and key */
export function loadRegistriesConf(environment: Environment): RegistriesConf {
  const {path, directories} = filesOf(environment)
  const files = [path, ...directories.flatMap(dropIns)]
  const empty: RegistriesConf = {
    path,
    searchRegistries: [],
    shortNameMode: 'permissive',
    credentialHelpers: ['containers-auth.json'],
    registries: [],
    aliases: {},
  }
  return files.reduce((before, file) => {
    const table = readToml(file)
    return table ? merge(before, table, file) : before
  }, empty)
}

function filesOf({variables, systemRoot, configHome}: Environment): {path: string; directories: readonly string[]} {
  const named = variables.CONTAINERS_REGISTRIES_CONF || variables.REGISTRIES_CONFIG_PATH
  const system = join(systemRoot, 'etc/containers')
  const own = join(configHome, 'containers')
  if (named) return {path: named, directories: []}
  const ownFile = join(own, 'registries.conf')
  const path = readToml(ownFile) ? ownFile : join(system, 'registries.conf')
  return {path, directories: [join(system, 'registries.conf.d'), join(own, 'registries.conf.d')]}
}

function dropIns(directory: string): readonly string[] {
  try {
    const names = readdirSync(directory).filter((name) => name.endsWith('.conf'))
    return names.sort().map((name) => join(directory, name))
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  }
}

function merge(before: RegistriesConf, table: Table, file: string): RegistriesConf {
  const document = Field.of(table, file, 'ERR_CONFIG_INVALID')
  const entries = document.at('registry').optional((list) => list.items().map(parseEntry)) ?? oldEntries(document)
  const kept = before.registries.filter(({prefix}) => !entries.some((entry) => entry.prefix === prefix))
  const search =
    document.at('unqualified-search-registries').optional((list) => list.strings()) ??
    oldList(document, 'search') ??
    before.searchRegistries
  return {
    ...before,
    searchRegistries: search,
    shortNameMode: document.at('short-name-mode').optional(parseMode) ?? before.shortNameMode,
    credentialHelpers: document.at('credential-helpers').optional((list) => list.strings()) ?? before.credentialHelpers,
    registries: [...kept, ...entries],
    aliases: {...before.aliases, ...aliasesOf(document, file)},
  }
}

function aliasesOf(document: Field, file: string): Readonly<Record<string, Alias>> {
  const aliases = document.at('aliases').optional((map) => map.stringMap()) ?? {}
  return Object.fromEntries(Object.entries(aliases).map(([short, target]) => [short, {target, file}]))
}

function parseEntry(entry: Field): RegistryEntry {
  const location = trimSlash(entry.at('location').optional((field) => field.string()) ?? '')
  const prefix = trimSlash(entry.at('prefix').optional((field) => field.string()) || location)
  if (prefix === '') entry.fail('needs a location or a prefix')
  if (location === '' && !prefix.startsWith('*.')) entry.fail('needs a location')
  const digestOnly = entry.at('mirror-by-digest-only').optional(bool) ?? false
  const mirrors = entry.at('mirror').optional((list) => list.items()) ?? []
  return {
    prefix,
    location,
    insecure: entry.at('insecure').optional(bool) ?? false,
    blocked: entry.at('blocked').optional(bool) ?? false,
    mirrors: mirrors.map((mirror) => ({
      location: trimSlash(mirror.at('location').string()),
      insecure: mirror.at('insecure').optional(bool) ?? false,
      use: digestOnly ? 'digest-only' : (mirror.at('pull-from-mirror').optional(parseUse) ?? 'all'),
    })),
  }
}

/** Version 1 of the form: `[registries.insecure]` and `[registries.block]` with a list of registries each. */
function oldEntries(document: Field): readonly RegistryEntry[] {
  const insecure = oldList(document, 'insecure') ?? []
  const blocked = oldList(document, 'block') ?? []
  return [...new Set([...insecure, ...blocked])].map((location) => ({
    prefix: location,
    location,
    insecure: insecure.includes(location),
    blocked: blocked.includes(location),
    mirrors: [],
  }))
}

function oldList(document: Field, kind: string): readonly string[] | undefined {
  return document
    .at('registries')
    .optional((old) => old.at(kind))
    ?.optional((section) => section.at('registries'))
    ?.optional((list) => list.strings().map(trimSlash))
}

function parseMode(field: Field): RegistriesConf['shortNameMode'] {
  const text = field.string()
  if (text === 'enforcing' || text === 'permissive' || text === 'disabled') return text
  return field.fail(`invalid short-name mode "${text}"`)
}

function parseUse(field: Field): MirrorUse {
  const text = field.string()
  if (text === 'all' || text === 'digest-only' || text === 'tag-only') return text
  return field.fail(`invalid value "${text}"`)
}

function bool(field: Field): boolean {
  if (typeof field.raw !== 'boolean') field.fail('must be true or false')
  return field.raw as boolean
}

function trimSlash(text: string): string {
  return text.replace(/\/+$/, '')
}

/** @throws ERR_REFUSED when the registry of this name is blocked */
export function findEntry(conf: RegistriesConf, name: string): RegistryEntry | undefined {
  const fitting = conf.registries.filter(({prefix}) => hasPrefix(name, prefix))
  const entry = fitting.sort((a, b) => b.prefix.length - a.prefix.length)[0]
  if (entry?.blocked)
    throw new EngineError('ERR_REFUSED', `registry ${entry.prefix} is blocked in ${conf.path} or ${conf.path}.d`)
  return entry
}

/** True when `name` (host, or host/path with tag or digest) lies in `prefix`. */
export function hasPrefix(name: string, prefix: string): boolean {
  if (prefix.startsWith('*.')) return (name.split('/')[0] ?? '').replace(/:\d+$/, '').endsWith(prefix.slice(1))
  return name === prefix || ['/', ':', '@'].some((mark) => name.startsWith(prefix + mark))
}
