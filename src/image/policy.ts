import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Environment} from '../config/environment.ts'
import {EngineError, isErrno} from '../errors/index.ts'
import {Field} from './documents/field.ts'

export type Transport = 'containers-storage' | 'tarball' | 'docker' | 'docker-archive' | 'oci' | 'oci-archive' | 'dir'

/** What is to be taken in, as policy.json's scopes see it. */
export interface PolicySubject {
  readonly transport: Transport
  /** `docker`: the repository with tag or digest; the others: an absolute path. */
  readonly identity: string
}

interface Requirement {
  readonly type: string
}

export interface Policy {
  readonly path: string
  readonly default: readonly Requirement[]
  readonly transports: Readonly<Record<string, Readonly<Record<string, readonly Requirement[]>>>>
}

/** A requirement that needs a check of signatures; Berth has none, so an image that must have one is refused. */
const needSignature = new Set(['signedBy', 'sigstoreSigned', 'signedBaseLayer'])

/**
 * Refuses what policy.json does not allow. Without any policy file everything is allowed: unlike podman, Berth does not
 * depend on the package that ships one. @see containers-policy.json(5)
 * @throws ERR_POLICY; ERR_CONFIG_INVALID for a file that is not valid
 */
export function checkPolicy(environment: Environment, subject: PolicySubject, named?: string): void {
  const policy = loadPolicy(environment, named)
  if (!policy) return
  for (const requirement of requirementsFor(policy, subject)) check(requirement, subject)
}

function check({type}: Requirement, {transport, identity}: PolicySubject): void {
  if (type === 'insecureAcceptAnything') return
  const name = transport === 'docker' ? `docker://${identity}` : `${transport}:${identity}`
  if (type === 'reject')
    throw new EngineError('ERR_POLICY', `Source image rejected: Running image ${name} is rejected by policy.`)
  throw new EngineError('ERR_POLICY', `Source image rejected: signatures (${type}) cannot be checked: ${name}`)
}

export function loadPolicy(environment: Environment, named?: string): Policy | undefined {
  if (named !== undefined) return readPolicy(named)
  const path = policyPaths(environment).find((candidate) => existsSync(candidate))
  return path === undefined ? undefined : readPolicy(path)
}

export function policyPaths({configHome, systemRoot}: Environment): readonly string[] {
  return [join(configHome, 'containers/policy.json'), join(systemRoot, 'etc/containers/policy.json')]
}

/** The most specific scope decides; the empty scope is the transport's default. */
function requirementsFor(policy: Policy, {transport, identity}: PolicySubject): readonly Requirement[] {
  const scopes = policy.transports[transport]
  if (!scopes) return policy.default
  const fitting = scopesOf(transport, identity).find((scope) => Object.hasOwn(scopes, scope))
  return (fitting === undefined ? scopes[''] : scopes[fitting]) ?? policy.default
}

/** From the whole identity up: tag, repository, each namespace, the host, wildcards of the host. */
function scopesOf(transport: Transport, identity: string): readonly string[] {
  if (transport !== 'docker') return parents(identity)
  const repository = identity.replace(/@.*$/, '').replace(/:[^/]*$/, '')
  const host = repository.split('/')[0] ?? ''
  const labels = host.replace(/:\d+$/, '').split('.')
  const wildcards = labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join('.')}`)
  return [identity, ...parents(repository), ...wildcards]
}

function parents(path: string): readonly string[] {
  const parts = path.split('/')
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/')).filter((part) => part !== '')
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

function parseRequirement(item: Field): Requirement {
  const type = item.at('type').string()
  if (type === 'insecureAcceptAnything' || type === 'reject') onlyKeys(item, ['type'])
  else if (!needSignature.has(type)) item.at('type').fail(`unknown policy requirement type "${type}"`)
  return {type}
}

function onlyKeys(object: Field, known: readonly string[]): void {
  const unknown = Object.keys(object.object()).find((key) => !known.includes(key))
  if (unknown !== undefined) object.fail(`unknown key "${unknown}"`)
}
