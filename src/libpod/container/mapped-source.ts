import {mkdirSync, statSync, writeFileSync} from 'node:fs'
import {EngineError} from '../../errors/index.ts'
import {type IDMapping, type IDMappings, mountMapped} from '../../host/index.ts'
import type {BindMount, VolumeMount} from '../../oci/spec/index.ts'
import type {ContainerConfig} from '../define/container-config.ts'
import {hostIDs, idMapsOf} from './user-namespace.ts'

const EVERY_ID: readonly IDMapping[] = [{containerID: 0, hostID: 0, size: 4_294_967_295}]

/**
 * `idmap[=uids=FILE-HOST-SIZE#…;gids=…]`: the ids that files of the mount are to have; without a map those of the container's user
 * namespace, so that root's files are its root's. Undefined where nothing is to be mapped.
 * @throws ERR_REFUSED, ERR_NOT_SUPPORTED
 */
export function mappingsOf(config: ContainerConfig, mount: BindMount | VolumeMount): IDMappings | undefined {
  const option = mount.options.find((word) => word === 'idmap' || word.startsWith('idmap='))
  if (option === undefined) return undefined
  const own = idMapsOf(config)
  const maps = option === 'idmap' ? own : givenMaps(config, option.slice('idmap='.length), own)
  if (maps && mount.overlay)
    throw new EngineError('ERR_NOT_SUPPORTED', `mount on ${mount.destination}: idmap together with an overlay`)
  return maps
}

/** Shows the mount's source with these ids at `place`, which is made. */
export async function showMapped(source: string, place: string, maps: IDMappings): Promise<void> {
  if (statSync(source).isDirectory()) mkdirSync(place, {recursive: true, mode: 0o755})
  else writeFileSync(place, '')
  await mountMapped([{source, target: place, writable: true}], maps)
}

function givenMaps(config: ContainerConfig, text: string, own: IDMappings | undefined): IDMappings {
  const parts = new Map(text.split(';').map(keyAndValue))
  const unknown = [...parts.keys()].find((key) => key !== 'uids' && key !== 'gids')
  if (unknown !== undefined) throw new EngineError('ERR_REFUSED', `unknown option ${JSON.stringify(unknown)}`)
  const [uids, gids] = [parts.get('uids'), parts.get('gids')]
  return {
    uids: uids === undefined ? (own?.uids ?? EVERY_ID) : triplets(uids, (id) => hostIDs(config, {uid: id, gid: 0}).uid),
    gids: gids === undefined ? (own?.gids ?? EVERY_ID) : triplets(gids, (id) => hostIDs(config, {uid: 0, gid: id}).gid),
  }
}

function keyAndValue(part: string): readonly [string, string | undefined] {
  const [key = '', value] = part.split(/=(.*)/s)
  return [key, value]
}

/** `FILE-HOST-SIZE#…`; with an `@` before it the second is an id of the container. */
function triplets(text: string, onHost: (id: number) => number): readonly IDMapping[] {
  return text.split('#').map((triplet) => {
    const [, at, ...words] = /^(@?)(\d+)-(\d+)-(\d+)$/.exec(triplet) ?? []
    const [containerID, hostID, size] = words.map(Number)
    if (containerID === undefined || hostID === undefined || !size)
      throw new EngineError('ERR_REFUSED', `invalid ID map ${JSON.stringify(triplet)}`)
    return {containerID, hostID: at ? onHost(hostID) : hostID, size}
  })
}
