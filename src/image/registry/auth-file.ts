import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Environment} from '../../config/environment.ts'
import {EngineError, isErrno} from '../../errors/index.ts'
import {writeFileAtomic} from '../../host/index.ts'
import {Field} from '../documents/field.ts'

export interface AuthEntry {
  readonly auth?: string
  readonly identitytoken?: string
}

/** @see containers-auth.json(5) */
export interface AuthFile {
  readonly auths: Readonly<Record<string, AuthEntry>>
  readonly credHelpers: Readonly<Record<string, string>>
  /** Fields of other programs, kept when it is written. */
  readonly other: Readonly<Record<string, unknown>>
}

/** The file that login writes when none is named. */
export function defaultAuthPath({variables, uid, systemRoot}: Environment): string {
  if (variables.XDG_RUNTIME_DIR) return join(variables.XDG_RUNTIME_DIR, 'containers/auth.json')
  return join(systemRoot, `run/containers/${uid}/auth.json`)
}

/** Files to be read, first the one that counts most. A named file is read alone. */
export function authPaths(environment: Environment, named: string | undefined): readonly string[] {
  const {variables, configHome} = environment
  const alone = named ?? variables.REGISTRY_AUTH_FILE
  if (alone) return [alone]
  const home = variables.HOME || '/'
  const docker = variables.DOCKER_CONFIG
    ? join(variables.DOCKER_CONFIG, 'config.json')
    : join(home, '.docker/config.json')
  return [defaultAuthPath(environment), join(configHome, 'containers/auth.json'), docker, join(home, '.dockercfg')]
}

/** @throws ERR_CONFIG_INVALID naming file and field */
export function readAuthFile(path: string): AuthFile {
  const text = readText(path)
  if (text.trim() === '') return {auths: {}, credHelpers: {}, other: {}}
  const document = Field.ofDocument(text, path, 'ERR_CONFIG_INVALID')
  // Docker's oldest form is the auths alone
  if (path.endsWith('.dockercfg')) return {auths: parseAuths(document), credHelpers: {}, other: {}}
  const {auths: _, credHelpers: __, ...other} = document.object()
  return {
    auths: document.at('auths').optional(parseAuths) ?? {},
    credHelpers: document.at('credHelpers').optional((map) => map.stringMap()) ?? {},
    other,
  }
}

export function writeAuthFile(path: string, file: AuthFile): void {
  const {auths, credHelpers, other} = file
  const document = {auths, ...(Object.keys(credHelpers).length > 0 && {credHelpers}), ...other}
  writeFileAtomic(path, `${JSON.stringify(document, null, '\t')}\n`, {mode: 0o600})
}

export function decodeAuth(auth: string, path: string): {readonly username: string; readonly password: string} {
  const text = Buffer.from(auth, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 0) throw new EngineError('ERR_CONFIG_INVALID', `${path}: an auth entry is not USER:PASSWORD in base64`)
  return {username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, '')}
}

function parseAuths(map: Field): Readonly<Record<string, AuthEntry>> {
  const keys = Object.keys(map.object())
  return Object.fromEntries(keys.map((key) => [key, parseEntry(map.at(key))]))
}

function parseEntry(entry: Field): AuthEntry {
  entry.at('auth').optional((field) => field.string())
  entry.at('identitytoken').optional((field) => field.string())
  return entry.object() as AuthEntry
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return ''
    if (isErrno(error, 'EACCES')) throw new EngineError('ERR_PERMISSION', `open ${path}`, {cause: error})
    throw error
  }
}
