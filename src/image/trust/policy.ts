import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Environment} from '../../config/environment.ts'
import {EngineError, isErrno} from '../../errors/index.ts'
import {Field} from '../documents/field.ts'
import {onlyKeys, parseRequirement, type Requirement, type SignatureRequirement} from './requirements.ts'
import {pathScopes, repositoryScopes} from './scopes.ts'

export type Transport = 'containers-storage' | 'tarball' | 'docker' | 'docker-archive' | 'oci' | 'oci-archive' | 'dir'

/** What is to be taken in, as policy.json's scopes see it. */
export interface PolicySubject {
  readonly transport: Transport
  /** `docker`: the repository with tag or digest; the others: an absolute path. */
  readonly identity: string
}

export interface Policy {
  readonly path: string
  readonly default: readonly Requirement[]
  readonly transports: Readonly<Record<string, Readonly<Record<string, readonly Requirement[]>>>>
}

/**
 * Refuses what policy.json does not allow; what is no registry's image has no signatures. Without any policy file
 * everything is allowed: unlike podman, Berth does not depend on the package that ships one.
 * @see containers-policy.json(5)
 * @throws ERR_POLICY; ERR_CONFIG_INVALID for a file that is not valid
 */
export function checkPolicy(environment: Environment, subject: PolicySubject, named?: string): void {
  if (signaturesNeeded(environment, subject, named).length > 0)
    throw new EngineError('ERR_POLICY', 'Source image rejected: A signature was required, but no signature exists')
}

/** What policy.json wants to see of an image that it does not refuse at once. @throws as `checkPolicy` */
export function signaturesNeeded(
  environment: Environment,
  subject: PolicySubject,
  named?: string,
): readonly SignatureRequirement[] {
  const policy = loadPolicy(environment, named)
  return policy ? requirementsFor(policy, subject).flatMap((requirement) => needed(requirement, subject)) : []
}

export function loadPolicy(environment: Environment, named?: string): Policy | undefined {
  if (named !== undefined) return readPolicy(named)
  const path = policyPaths(environment).find((candidate) => existsSync(candidate))
  return path === undefined ? undefined : readPolicy(path)
}

export function policyPaths({configHome, systemRoot}: Environment): readonly string[] {
  return [join(configHome, 'containers/policy.json'), join(systemRoot, 'etc/containers/policy.json')]
}

function needed(requirement: Requirement, {transport, identity}: PolicySubject): readonly SignatureRequirement[] {
  const name = transport === 'docker' ? `docker://${identity}` : `${transport}:${identity}`
  switch (requirement.type) {
    case 'insecureAcceptAnything':
      return []
    case 'reject':
      throw new EngineError('ERR_POLICY', `Source image rejected: Running image ${name} is rejected by policy.`)
    case 'signedBaseLayer':
      throw new EngineError('ERR_POLICY', `Source image rejected: signedBaseLayer cannot be checked: ${name}`)
    default:
      return [requirement]
  }
}

/** The most specific scope decides; the empty scope is the transport's default. */
function requirementsFor(policy: Policy, {transport, identity}: PolicySubject): readonly Requirement[] {
  const scopes = policy.transports[transport]
  if (!scopes) return policy.default
  const candidates = transport === 'docker' ? repositoryScopes(identity) : pathScopes(identity)
  const fitting = candidates.find((scope) => Object.hasOwn(scopes, scope))
  return (fitting === undefined ? scopes[''] : scopes[fitting]) ?? policy.default
}

function readPolicy(path: string): Policy {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    if (isErrno(cause, 'ENOENT'))
      throw new EngineError('ERR_REFUSED', `open ${path}: no such file or directory`, {cause})
    throw cause
  }
  const document = Field.ofDocument(text, path, 'ERR_CONFIG_INVALID')
  onlyKeys(document, ['default', 'transports'])
  const transports = document.at('transports')
  return {
    path,
    default: parseRequirements(document.at('default')),
    transports: transports.optional((map) => mapOf(map, (scopes) => mapOf(scopes, parseRequirements))) ?? {},
  }
}

function mapOf<T>(map: Field, read: (field: Field) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.keys(map.object()).map((key) => [key, read(map.at(key))]))
}

function parseRequirements(list: Field): readonly Requirement[] {
  const items = list.items().map(parseRequirement)
  return items.length > 0 ? items : list.fail('must not be empty')
}
