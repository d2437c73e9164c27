import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Environment} from '../../config/environment.ts'
import {EngineError, isErrno} from '../../errors/index.ts'
import {LockFile, writeFileAtomic} from '../../host/index.ts'
import {Field} from '../documents/field.ts'

export const trustTypes = ['accept', 'reject', 'signedBy', 'sigstoreSigned'] as const
export type TrustType = (typeof trustTypes)[number]

export interface TrustRequest {
  readonly environment: Environment
  /** Another policy.json than the system's. */
  readonly policyPath?: string
  /** A registry, a repository, or `default`. */
  readonly scope: string
  readonly type: TrustType
  /** Files with public keys; each must have signed. */
  readonly keyPaths: readonly string[]
}

/** Writes down what is trusted in a scope; what the file says about other scopes stays. @throws ERR_REFUSED */
export async function setTrust(request: TrustRequest): Promise<void> {
  const {environment, scope, policyPath} = request
  const requirements = requirementsOf(request)
  if (scope !== 'default' && !URL.canParse(`http://${scope}`))
    throw new EngineError('ERR_REFUSED', `invalid image uri: ${scope}`)
  const path = policyPath ?? join(environment.systemRoot, 'etc/containers/policy.json')
  using _ = await LockFile.acquire(`${path}.lock`)
  const before = readDocument(path)
  if (scope !== 'default' && before.default === undefined)
    throw new EngineError('ERR_REFUSED', `default trust policy must be set: ${path}`)
  const transports = (before.transports ?? {}) as Record<string, object>
  const after =
    scope === 'default'
      ? {...before, default: requirements}
      : {...before, transports: {...transports, docker: {...transports.docker, [scope]: requirements}}}
  writeFileAtomic(path, JSON.stringify(after, null, 4), {mode: 0o644})
}

function requirementsOf({type, keyPaths}: TrustRequest): readonly object[] {
  switch (type) {
    case 'accept':
    case 'reject':
      if (keyPaths.length > 0)
        throw new EngineError(
          'ERR_REFUSED',
          `${keyPaths.length} public keys unexpectedly provided for trust type ${type}`,
        )
      return [{type: type === 'accept' ? 'insecureAcceptAnything' : 'reject'}]
    case 'signedBy':
      requireKeys(type, keyPaths)
      return keyPaths.map((keyPath) => ({type, keyType: 'GPGKeys', keyPath}))
    case 'sigstoreSigned':
      requireKeys(type, keyPaths)
      return keyPaths.map((keyPath) => ({type, keyPath}))
  }
}

function requireKeys(type: TrustType, keyPaths: readonly string[]): void {
  if (keyPaths.length === 0)
    throw new EngineError('ERR_REFUSED', `at least one public key must be defined for type '${type}'`)
}

function readDocument(path: string): Readonly<Record<string, unknown>> {
  try {
    return Field.ofDocument(readFileSync(path), path, 'ERR_CONFIG_INVALID').object()
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return {}
    throw error
  }
}
