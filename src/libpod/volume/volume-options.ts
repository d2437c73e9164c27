import {parseSize} from '../../config/index.ts'
import {EngineError} from '../../errors/index.ts'
import type {ProjectLimits} from '../../host/index.ts'

/** The options of a local volume, `--opt type=… --opt device=… --opt o=…`, taken apart. */
export interface LocalVolumeOptions {
  /** Empty when the volume is a plain directory. */
  readonly mount?: {readonly type: string; readonly device: string; readonly options: readonly string[]}
  readonly uid?: number
  readonly gid?: number
  readonly copyUp: boolean
  /** How much the directory may hold. */
  readonly quota?: ProjectLimits
  /** As they are recorded: what `o` says of the volume itself is an option of its own, too. */
  readonly recorded: Readonly<Record<string, string>>
}

/** Options that speak of the volume, not of its mount: within `o`, or by themselves. */
const OWN = ['uid', 'gid', 'size', 'inodes', 'noquota', 'nocopy', 'copy']
/** These are recorded in capitals. */
const REPEATED = ['uid', 'gid', 'size', 'inodes', 'noquota']

/** @throws ERR_INVALID_ARG, ERR_REFUSED */
export function parseLocalOptions(options: Readonly<Record<string, string>>): LocalVolumeOptions {
  const {type = '', device = '', o = '', ...rest} = options
  const unknown = Object.keys(rest).find((key) => !OWN.includes(key.toLowerCase()))
  if (unknown) throw new EngineError('ERR_INVALID_ARG', `invalid mount option ${unknown} for driver 'local'`)
  const words = o.split(',').filter((word) => word !== '')
  const own = new Map(
    [...Object.entries(rest), ...words.map(keyAndValue)].map(([key, value]) => [key.toLowerCase(), value]),
  )
  const mountOptions = words.filter((word) => !isOwn(word, type))
  const needsMount = type !== '' || device !== ''
  if (!needsMount && mountOptions.length > 0)
    throw new EngineError('ERR_REFUSED', `volume option o=${mountOptions.join(',')} needs a type or a device`)
  const [uid, gid] = [ownerOf(own, 'uid'), ownerOf(own, 'gid')]
  return {
    ...(needsMount ? {mount: mountOf(type, device, mountOptions)} : {}),
    ...{uid, gid},
    copyUp: !needsMount && !own.has('nocopy') && own.get('copy') !== 'false',
    ...quotaOf(own, type),
    recorded: recordedOptions(options, words),
  }
}

function keyAndValue(word: string): readonly [key: string, value: string] {
  const [key = '', value = ''] = word.split(/=(.*)/s)
  return [key, value]
}

function mountOf(type: string, device: string, options: readonly string[]) {
  if (device === '' && type !== 'tmpfs') throw new EngineError('ERR_REFUSED', `volume type ${type} needs a device`)
  const bind = options.some((word) => word === 'bind' || word === 'rbind')
  return {type: type === '' && bind ? 'none' : type, device: device || type, options}
}

/** A tmpfs has its size and its owner by its own mount options. */
function isOwn(word: string, type: string): boolean {
  const key = keyAndValue(word)[0].toLowerCase()
  if (['uid', 'gid', 'size'].includes(key) && type === 'tmpfs') return false
  return OWN.includes(key)
}

function ownerOf(own: ReadonlyMap<string, string>, key: 'uid' | 'gid'): number | undefined {
  const value = own.get(key)
  if (value === undefined) return undefined
  if (/^\d+$/.test(value)) return Number(value)
  throw noInteger(key.toUpperCase(), value, `strconv.Atoi: parsing ${JSON.stringify(value)}: invalid syntax`)
}

/** A limit of nothing is none. @throws ERR_REFUSED in podman's words */
function quotaOf(own: ReadonlyMap<string, string>, type: string): {readonly quota?: ProjectLimits} {
  const [size, inodes] = [own.get('size'), own.get('inodes')]
  const sizeBytes = size === undefined ? 0 : parseSize(size, 1000)
  if (sizeBytes === undefined || sizeBytes < 0) throw noInteger('size', size ?? '', `invalid size: '${size}'`)
  if (inodes !== undefined && !/^\d+$/.test(inodes))
    throw noInteger('inodes', inodes, `strconv.ParseUint: parsing ${JSON.stringify(inodes)}: invalid syntax`)
  const limits = {...(sizeBytes > 0 && {sizeBytes}), ...(Number(inodes ?? 0) > 0 && {inodes: Number(inodes)})}
  if (type === 'tmpfs' && limits.inodes !== undefined)
    throw new EngineError('ERR_REFUSED', 'volume option inodes not supported on tmpfs filesystem')
  if (type === 'tmpfs' || Object.keys(limits).length === 0) return {}
  if (own.has('noquota'))
    throw new EngineError('ERR_REFUSED', 'volume options size and inodes cannot be used without quota')
  return {quota: limits}
}

function recordedOptions(
  options: Readonly<Record<string, string>>,
  words: readonly string[],
): Readonly<Record<string, string>> {
  const repeated = words
    .map(keyAndValue)
    .filter(([key]) => REPEATED.includes(key.toLowerCase()))
    .map(([key, value]) => [key.toUpperCase(), key.toLowerCase() === 'noquota' ? 'true' : value])
  const kept = words.filter((word) => word.toLowerCase() !== 'noquota')
  const {o, ...rest} = options
  return {...rest, ...Object.fromEntries(repeated), ...(o !== undefined && kept.length > 0 && {o: kept.join(',')})}
}

function noInteger(what: string, value: string, reason: string): EngineError {
  return new EngineError('ERR_REFUSED', `cannot convert ${what} ${value} to integer: ${reason}`)
}
