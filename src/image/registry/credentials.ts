import type {Environment} from '../../config/environment.ts'
import {EngineError, hasCode} from '../../errors/index.ts'
import {run} from '../../host/index.ts'
import {Field} from '../documents/field.ts'
import {type AuthFile, authPaths, decodeAuth, readAuthFile} from './auth-file.ts'

export type Credentials =
  | {readonly kind: 'password'; readonly username: string; readonly password: string}
  /** A refresh token that a token server takes in place of a password. */
  | {readonly kind: 'identityToken'; readonly token: string}

/**
 * The credentials for a repository (`host/path`, or a host alone): of each file in turn the entry with the longest
 * fitting key. Undefined when there are none. @see containers-auth.json(5)
 */
export async function findCredentials(
  environment: Environment,
  repository: string,
  named?: string,
): Promise<Credentials | undefined> {
  for (const path of authPaths(environment, named)) {
    const found = await inFile(readAuthFile(path), repository, path)
    if (found) return found
  }
  return undefined
}

/** `USER[:PASSWORD]` of `--creds`. */
export function parseCredentials(text: string): {readonly username: string; readonly password: string | undefined} {
  const colon = text.indexOf(':')
  if (text === '' || colon === 0) throw new EngineError('ERR_REFUSED', 'credentials can not be empty')
  return colon < 0
    ? {username: text, password: undefined}
    : {username: text.slice(0, colon), password: text.slice(colon + 1)}
}

async function inFile(file: AuthFile, repository: string, path: string): Promise<Credentials | undefined> {
  const host = repository.split('/')[0] ?? ''
  const helper = file.credHelpers[host]
  if (helper !== undefined) return askHelper(helper, host)
  for (const key of keysOf(repository)) {
    const entry = file.auths[key] ?? file.auths[legacyKey(file, key)]
    if (entry?.identitytoken) return {kind: 'identityToken', token: entry.identitytoken}
    if (entry?.auth) return {kind: 'password', ...decodeAuth(entry.auth, path)}
  }
  return undefined
}

/** `host/a/b`, `host/a`, `host`. */
export function keysOf(repository: string): readonly string[] {
  const parts = repository.split('/')
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/'))
}

/** Docker's keys may be URLs: `https://index.docker.io/v1/`. */
function legacyKey(file: AuthFile, key: string): string {
  return Object.keys(file.auths).find((candidate) => candidate !== key && normalKey(candidate) === key) ?? ''
}

export function normalKey(key: string): string {
  const host = key.replace(/^https?:\/\//, '').split('/')[0] ?? ''
  const isURL = /^https?:\/\//.test(key)
  const name = isURL ? host : key
  return name === 'index.docker.io' || name === 'registry-1.docker.io' ? 'docker.io' : name
}

/** @see https://github.com/docker/docker-credential-helpers */
async function askHelper(helper: string, server: string): Promise<Credentials | undefined> {
  const program = `docker-credential-${helper}`
  try {
    const {stdout} = await run(program, ['get'], {input: server})
    const answer = Field.ofDocument(stdout, program, 'ERR_CONFIG_INVALID')
    const username = answer.at('Username').string()
    const secret = answer.at('Secret').string()
    if (username === '<token>') return {kind: 'identityToken', token: secret}
    return {kind: 'password', username, password: secret}
  } catch (error) {
    if (hasCode(error, 'ERR_PROGRAM_FAILED') && /credentials not found/.test(error.message)) return undefined
    throw error
  }
}
