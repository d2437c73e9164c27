import type {IDMap, UserNamespaceTemplate} from '../libpod/define/spec-vocabulary.ts'
import {parseIDMaps} from './parse/id-map.ts'
import {unsigned} from './parse/numbers.ts'
import {refuse} from './refuse.ts'
import type {SpecServices} from './services.ts'
import {subordinate} from './subordinate-ids.ts'

/**
 * `auto[:size=N,uidmapping=C:H:N,gidmapping=C:H:N]`: a range of its own out of those of the configured user, which no other
 * container has, around the mappings that were given.
 * @see storage.conf(5), root-auto-userns-user; containers/storage userns.go, getAutoUserNSIDMappings
 */
export function autoMapped(word: string, services: SpecServices): UserNamespaceTemplate {
  const {user, minSize, maxSize} = services.config.storage.autoUserns
  const {size, uids, gids, text} = optionsOf(word)
  const users = services.containers.list().map(({config}) => config.namespaces.user)
  const used = {uid: users.flatMap(({uidMap}) => uidMap), gid: users.flatMap(({gidMap}) => gidMap)}
  const map = (owned: readonly IDMap[], taken: readonly IDMap[], given: readonly IDMap[]): IDMap[] => {
    const [free] = freeRange(owned, [...taken, ...given], size, {minSize, maxSize})
    return free ? around(free, given) : [...given]
  }
  return {
    mode: 'auto',
    ...(text !== '' && {options: text}),
    uidMap: map(subordinate(user, '/etc/subuid', 'subuid'), used.uid, uids),
    gidMap: map(subordinate(user, '/etc/subgid', 'subgid'), used.gid, gids),
  }
}

function optionsOf(word: string) {
  const text = word.slice('auto'.length).replace(/^:/, '')
  const options = text === '' ? [] : text.split(',').map(splitOption)
  const valuesOf = (wanted: string) => options.filter(([key]) => key === wanted).map(([, value]) => value)
  const size = valuesOf('size').at(-1)
  return {
    text,
    size: size === undefined ? undefined : unsigned(size, '', 32),
    uids: parseIDMaps(valuesOf('uidmapping'), 'UID'),
    gids: parseIDMaps(valuesOf('gidmapping'), 'GID'),
  }
}

function splitOption(option: string): [key: string, value: string] {
  const [, key = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(option) ?? []
  if (value === undefined) return refuse(`invalid option specified: ${JSON.stringify(option)}`)
  if (!['size', 'uidmapping', 'gidmapping'].includes(key))
    return refuse(`unknown option specified: ${JSON.stringify(key)}`)
  return [key, value]
}

/** The container's ids that the given mappings leave, mapped to `free` one after the other; then the given ones. */
export function around(free: IDMap, given: readonly IDMap[]): IDMap[] {
  const maps: IDMap[] = []
  let [containerID, hostID] = [0, free.hostID]
  for (const map of given.toSorted((a, b) => a.containerID - b.containerID)) {
    const size = Math.min(map.containerID, free.size) - containerID
    if (size > 0) maps.push({containerID, hostID, size})
    hostID += Math.max(0, size)
    containerID = Math.max(containerID, map.containerID + map.size)
  }
  if (containerID < free.size) maps.push({containerID, hostID, size: free.size - containerID})
  return [...maps, ...given]
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
