import type {Environment} from '../../config/environment.ts'
import {EngineError, hasCode} from '../../errors/index.ts'
import {LockFile, run} from '../../host/index.ts'
import {type AuthFile, authPaths, decodeAuth, defaultAuthPath, readAuthFile, writeAuthFile} from './auth-file.ts'
import {findCredentials, keysOf} from './credentials.ts'
import {findEntry} from './registries-conf.ts'
import type {RegistryAccess} from './registry-access.ts'

export interface LoginTarget {
  readonly environment: Environment
  /** `host[:port]`, or with a path for the repositories below it. */
  readonly registry: string
  /** The file to write; `REGISTRY_AUTH_FILE` or the usual one when not given. */
  readonly authFile?: string
}

export interface LoginResult {
  /** The file or program that keeps the credentials. */
  readonly keptIn: string
}

/** Tries the credentials on the registry, then keeps them. @throws ERR_UNAUTHORIZED when the registry refuses them */
export async function login(
  access: RegistryAccess,
  target: LoginTarget,
  credentials: {readonly username: string; readonly password: string},
): Promise<LoginResult> {
  await checkLogin(access, target.registry)
  const path = writtenPath(target)
  using _ = await LockFile.acquire(`${path}.lock`)
  const file = readAuthFile(path)
  const helper = file.credHelpers[hostOf(target.registry)]
  if (helper !== undefined) return storeInHelper(helper, target.registry, credentials)
  const auth = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')
  writeAuthFile(path, {...file, auths: {...file.auths, [target.registry]: {auth}}})
  return {keptIn: path}
}

/** @throws ERR_UNAUTHORIZED, ERR_CONNECTION… with the registry's name */
export async function checkLogin(access: RegistryAccess, registry: string): Promise<void> {
  const host = hostOf(registry)
  try {
    const client = await access.client(host, registry, findEntry(access.conf, registry)?.insecure ?? false)
    await client.checkLogin()
  } catch (cause) {
    if (hasCode(cause, 'ERR_UNAUTHORIZED'))
      throw new EngineError('ERR_UNAUTHORIZED', `logging into "${registry}": invalid username/password`, {cause})
    if (!(cause instanceof EngineError)) throw cause
    throw new EngineError(cause.code, `authenticating creds for "${registry}": ${cause.message}`, {cause})
  }
}

/** The user name kept for the registry. @throws ERR_REFUSED when there is none */
export async function loggedInAs({environment, registry, authFile}: LoginTarget): Promise<string> {
  const credentials = await findCredentials(environment, registry, authFile)
  if (credentials?.kind !== 'password') throw notLoggedIn(registry)
  return credentials.username
}

/** @throws ERR_REFUSED when nothing is kept for the registry */
export async function logout(target: LoginTarget): Promise<void> {
  const path = writtenPath(target)
  using _ = await LockFile.acquire(`${path}.lock`)
  const file = readAuthFile(path)
  const helper = file.credHelpers[hostOf(target.registry)]
  if (helper !== undefined) {
    await run(`docker-credential-${helper}`, ['erase'], {input: target.registry})
    return
  }
  if (!Object.hasOwn(file.auths, target.registry)) throw await notLoggedInHere(target, path)
  const {[target.registry]: _gone, ...auths} = file.auths
  writeAuthFile(path, {...file, auths})
}

export async function logoutEverywhere(target: Omit<LoginTarget, 'registry'>): Promise<void> {
  const path = writtenPath(target)
  using _ = await LockFile.acquire(`${path}.lock`)
  const file: AuthFile = readAuthFile(path)
  for (const [registry, helper] of Object.entries(file.credHelpers))
    await run(`docker-credential-${helper}`, ['erase'], {input: registry})
  writeAuthFile(path, {...file, auths: {}})
}

/** Another program may have logged in, in a file of its own. */
async function notLoggedInHere({environment, registry}: LoginTarget, path: string): Promise<EngineError> {
  const elsewhere = authPaths(environment, undefined)
    .filter((other) => other !== path)
    .some((other) => keysOf(registry).some((key) => isKept(readAuthFile(other), key, other)))
  if (!elsewhere) return notLoggedIn(registry)
  return new EngineError(
    'ERR_REFUSED',
    `not logged into ${registry} with current tool. Existing credentials were established via docker login. Please use docker logout instead`,
  )
}

function isKept(file: AuthFile, key: string, path: string): boolean {
  const auth = file.auths[key]?.auth
  return auth !== undefined && decodeAuth(auth, path).username !== ''
}

function notLoggedIn(registry: string): EngineError {
  return new EngineError('ERR_REFUSED', `not logged into ${registry}`)
}

async function storeInHelper(
  helper: string,
  registry: string,
  {username, password}: {readonly username: string; readonly password: string},
): Promise<LoginResult> {
  const program = `docker-credential-${helper}`
  await run(program, ['store'], {input: JSON.stringify({ServerURL: registry, Username: username, Secret: password})})
  return {keptIn: program}
}

function writtenPath({environment, authFile}: Omit<LoginTarget, 'registry'>): string {
  return authFile ?? environment.variables.REGISTRY_AUTH_FILE ?? defaultAuthPath(environment)
}

function hostOf(registry: string): string {
  return registry.split('/')[0] ?? registry
}
