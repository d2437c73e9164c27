import {readFileSync} from 'node:fs'
import {isErrno} from '../errors/index.ts'
import type {IDMap, UserNamespaceTemplate} from '../libpod/define/spec-vocabulary.ts'
import type {ContainerRequest} from './container-request.ts'
import {namespaceRules, resolveNamespace} from './namespaces.ts'
import {refuse} from './refuse.ts'
import type {SpecServices} from './services.ts'

/** `--userns`, `--uidmap` and `--gidmap`, `--subuidname` and `--subgidname`. @throws ERR_REFUSED in podman's words */
export function resolveUserNamespace(request: ContainerRequest, services: SpecServices): UserNamespaceTemplate {
  const {uidMap = [], gidMap = [], subUidName, subGidName} = request
  const mapped = uidMap.length > 0 || gidMap.length > 0 || subUidName !== undefined || subGidName !== undefined
  const word = request.userns ?? (mapped ? 'private' : services.config.containers.userns || 'host')
  if (mapped && request.userns !== undefined && request.userns !== 'private') {
    refuse('--userns and --uidmap/--gidmap/--subuidname/--subgidname are mutually exclusive')
  }
  if (mapped) return {mode: 'private', ...maps(request)}
  return unmapped(word, services)
}

function unmapped(word: string, services: SpecServices): UserNamespaceTemplate {
  const none = {uidMap: [], gidMap: []}
  const [kind = ''] = word.split(':')
  switch (kind) {
    case 'host':
    case '':
      return {mode: 'host', ...none}
    case 'keep-id':
    case 'nomap':
      if (services.config.rootless) break
      return refuse(`${kind} is only supported in rootless mode`)
    case 'auto':
      return autoMapped(word, services)
    case 'private':
      return refuse('--userns=private needs a mapping: use --uidmap and --gidmap, or --userns=auto')
    case 'container':
    case 'ns': {
      const namespace = resolveNamespace(word, {...namespaceRules.pid, name: 'user', title: 'user'}, services)
      if (namespace.mode === 'container') return {mode: 'container', container: namespace.container, ...none}
      if (namespace.mode === 'path') return {mode: 'path', path: namespace.path, ...none}
      break
    }
  }
  return refuse(`unrecognized namespace mode ${word} passed`)
}

function maps({uidMap = [], gidMap = [], subUidName, subGidName}: ContainerRequest): {
  uidMap: IDMap[]
  gidMap: IDMap[]
} {
  const uidName = subUidName ?? subGidName
  const gidName = subGidName ?? subUidName
  const uids = uidName === undefined ? [...uidMap] : subordinate(uidName, '/etc/subuid', 'subuid')
  const gids = gidName === undefined ? [...gidMap] : subordinate(gidName, '/etc/subgid', 'subgid')
  return {uidMap: uids.length > 0 ? uids : gids, gidMap: gids.length > 0 ? gids : uids}
}

/** The ranges of a user, one after the other from 0. @see subuid(5) */
function subordinate(user: string, path: string, what: string): IDMap[] {
  let next = 0
  const found = readLines(path).flatMap((line) => {
    const [name, start, size] = line.split(':')
    if (name !== user) return []
    const map = {containerID: next, hostID: Number(start), size: Number(size)}
    next += map.size
    return [map]
  })
  if (found.length === 0) refuse(`no ${what} ranges found for user ${JSON.stringify(user)} in ${path}`)
  return found
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  }
}

/** A range of its own out of those that the configured user owns. Which one, the engine finds when it makes the container. */
function autoMapped(word: string, {config}: SpecServices): UserNamespaceTemplate {
  const {user} = config.storage.autoUserns
  subordinate(user, '/etc/subuid', 'subuid')
  return {mode: 'auto', options: word.slice('auto:'.length), uidMap: [], gidMap: []}
}
