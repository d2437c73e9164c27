import type {IDMap, UserNamespaceTemplate} from '../libpod/define/spec-vocabulary.ts'
import {autoMapped} from './auto-user-namespace.ts'
import type {ContainerRequest} from './container-request.ts'
import {namespaceRules, resolveNamespace} from './namespaces.ts'
import {refuse} from './refuse.ts'
import type {SpecServices} from './services.ts'
import {subordinate} from './subordinate-ids.ts'

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
      return refuse('must provide at least one UID or GID mapping to configure a user namespace')
    case 'container':
    case 'ns': {
      const namespace = resolveNamespace(word, {...namespaceRules.pid, name: 'user', title: 'user'}, services)
      if (namespace.mode === 'container') return {mode: 'container', ...sharedMaps(namespace.container, services)}
      if (namespace.mode === 'path') return {mode: 'path', path: namespace.path, ...none}
      break
    }
  }
  return refuse(`unrecognized namespace mode ${word} passed`)
}

/** The files of both containers must belong to the same ids. */
function sharedMaps(container: string, {containers}: SpecServices) {
  const {uidMap, gidMap} = containers.lookup(container).config.namespaces.user
  return {container, uidMap, gidMap}
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
