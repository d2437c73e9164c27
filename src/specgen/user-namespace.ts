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

/**
 * `auto[:size=N]`: a range of its own out of those of the configured user, which no other container has.
 * @see storage.conf(5), root-auto-userns-user
 */
function autoMapped(word: string, services: SpecServices): UserNamespaceTemplate {
  const {user, minSize, maxSize} = services.config.storage.autoUserns
  const options = word.slice('auto'.length).replace(/^:/, '')
  const size = sizeOf(options)
  const users = services.containers.list().map(({config}) => config.namespaces.user)
  const uids = users.flatMap(({uidMap}) => uidMap)
  const gids = users.flatMap(({gidMap}) => gidMap)
  const uidMap = freeRange(subordinate(user, '/etc/subuid', 'subuid'), uids, size, {minSize, maxSize})
  const gidMap = freeRange(subordinate(user, '/etc/subgid', 'subgid'), gids, size, {minSize, maxSize})
  return {mode: 'auto', ...(options !== '' && {options}), uidMap, gidMap}
}

function sizeOf(options: string): number | undefined {
  if (options === '') return undefined
  const match = /^size=(\d+)$/.exec(options)
  return match ? Number(match[1]) : refuse(`unknown option of --userns=auto: ${options}`)
}

/** Without a size asked for, the largest that fits up to the usual 65536. */
export function freeRange(
  owned: readonly IDMap[],
  used: readonly IDMap[],
  asked: number | undefined,
  {minSize, maxSize}: {readonly minSize: number; readonly maxSize: number},
): IDMap[] {
  const gaps = owned.flatMap((range) => gapsIn(range, used))
  const wanted = asked ?? maxSize
  const gap = gaps.find(({size}) => size >= wanted) ?? (asked === undefined ? largest(gaps) : undefined)
  if (!gap || gap.size < Math.min(wanted, minSize)) refuse('could not find enough available IDs')
  return [{containerID: 0, hostID: gap.start, size: Math.min(gap.size, wanted)}]
}

interface Gap {
  readonly start: number
  readonly size: number
}

function gapsIn({hostID, size}: IDMap, used: readonly IDMap[]): Gap[] {
  const end = hostID + size
  const inside = used.filter((map) => map.hostID < end && map.hostID + map.size > hostID)
  const starts = [hostID, ...inside.map((map) => map.hostID + map.size)].filter((start) => start < end)
  return starts.flatMap((start) => {
    if (inside.some((map) => map.hostID <= start && start < map.hostID + map.size)) return []
    const next = Math.min(end, ...inside.map((map) => map.hostID).filter((id) => id >= start))
    return next > start ? [{start, size: next - start}] : []
  })
}

function largest(gaps: readonly Gap[]): Gap | undefined {
  return gaps.toSorted((a, b) => b.size - a.size)[0]
}
