import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {parse} from 'yaml'
import type {Environment} from '../../config/environment.ts'
import {EngineError, isErrno} from '../../errors/index.ts'
import {Field} from '../documents/field.ts'
import {formatReference, type Reference} from '../reference.ts'
import {repositoryScopes} from './scopes.ts'

interface Namespace {
  readonly lookaside?: string | undefined
  readonly staging?: string | undefined
  readonly useAttachments?: boolean | undefined
}

export interface SignaturePlaces {
  /** Where the signatures of the repository are read from: a URL that a path is put behind. */
  readonly lookaside: string
  /** Where they are written to. */
  readonly staging: string
  /** Whether cosign's signatures lie beside the image in the registry. */
  readonly useAttachments: boolean
}

/** Where signatures of an image are, by the files of registries.d. @see containers-registries.d(5) */
export function signaturePlaces(environment: Environment, reference: Reference): SignaturePlaces {
  const {byScope, fallback} = loadNamespaces(registriesDirectory(environment))
  const fitting = repositoryScopes(formatReference(reference)).flatMap((scope) => byScope.get(scope) ?? [])
  const all = fallback ? [...fitting, fallback] : fitting
  const lookaside = all.find((one) => one.lookaside)?.lookaside
  const staging = all.find((one) => one.staging || one.lookaside)
  const builtIn = `file://${builtInDirectory(environment)}`
  return {
    lookaside: lookaside ?? builtIn,
    staging: staging?.staging ?? staging?.lookaside ?? builtIn,
    useAttachments: all.find((one) => one.useAttachments !== undefined)?.useAttachments ?? false,
  }
}

/** Tells the lookaside that the files of a directory name for a scope of policy.json; '' is what they say of all. */
export function configuredLookasides(directory: string): (scope: string) => string | undefined {
  const {byScope, fallback} = loadNamespaces(directory)
  return (scope) => {
    const fitting = scope === '' ? [] : repositoryScopes(scope).flatMap((one) => byScope.get(one) ?? [])
    return [...fitting, fallback].find((one) => one?.lookaside)?.lookaside
  }
}

/** The user's directory alone when there is one. */
export function registriesDirectory({configHome, systemRoot}: Environment): string {
  const own = join(configHome, 'containers/registries.d')
  return existsSync(own) ? own : join(systemRoot, 'etc/containers/registries.d')
}

function builtInDirectory({uid, systemRoot, dataHome}: Environment): string {
  return uid === 0 ? join(systemRoot, 'var/lib/containers/sigstore') : join(dataHome, 'containers/sigstore')
}

interface Namespaces {
  readonly byScope: ReadonlyMap<string, Namespace>
  readonly fallback: Namespace | undefined
}

/** @throws ERR_CONFIG_INVALID when a file is not valid or two say something about one namespace */
function loadNamespaces(directory: string): Namespaces {
  const byScope = new Map<string, Namespace>()
  let fallback: Namespace | undefined
  for (const file of yamlFiles(directory)) {
    const document = readYaml(file)
    const own = document.at('default-docker').optional(parseNamespace)
    if (own && fallback) throw new EngineError('ERR_CONFIG_INVALID', `${file}: "default-docker" is there twice`)
    fallback ??= own
    for (const scope of document.at('docker').optional((map) => Object.keys(map.object())) ?? []) {
      if (byScope.has(scope)) throw new EngineError('ERR_CONFIG_INVALID', `${file}: "${scope}" is there twice`)
      byScope.set(scope, parseNamespace(document.at('docker').at(scope)))
    }
  }
  return {byScope, fallback}
}

/** `sigstore` and `sigstore-staging` are the old words for the lookaside. */
function parseNamespace(field: Field): Namespace {
  const text = (...keys: readonly string[]) =>
    keys.map((key) => field.at(key).optional((value) => value.string())).find((value) => value !== undefined)
  const attachments = field.at('use-sigstore-attachments')
  if (!attachments.absent && typeof attachments.raw !== 'boolean') attachments.fail('must be true or false')
  return {
    lookaside: text('lookaside', 'sigstore'),
    staging: text('lookaside-staging', 'sigstore-staging'),
    useAttachments: attachments.raw as boolean | undefined,
  }
}

function yamlFiles(directory: string): readonly string[] {
  try {
    const names = readdirSync(directory).filter((name) => name.endsWith('.yaml'))
    return names.sort().map((name) => join(directory, name))
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  }
}

function readYaml(path: string): Field {
  try {
    return Field.of(parse(readFileSync(path, 'utf8')) ?? {}, path, 'ERR_CONFIG_INVALID')
  } catch (cause) {
    throw new EngineError('ERR_CONFIG_INVALID', `${path}: ${(cause as Error).message.split('\n')[0]}`, {cause})
  }
}
