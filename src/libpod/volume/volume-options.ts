import {EngineError} from '../../errors/index.ts'

/** The options of a local volume, `--opt type=… --opt device=… --opt o=…`, taken apart. */
export interface LocalVolumeOptions {
  /** Empty when the volume is a plain directory. */
  readonly mount?: {readonly type: string; readonly device: string; readonly options: readonly string[]}
  readonly uid?: number
  readonly gid?: number
  readonly copyUp: boolean
}

/** @throws ERR_INVALID_ARG, ERR_REFUSED */
export function parseLocalOptions(options: Readonly<Record<string, string>>): LocalVolumeOptions {
  const {type = '', device = '', o = '', copy, nocopy, ...rest} = options
  const [unknown] = Object.keys(rest)
  if (unknown) throw new EngineError('ERR_INVALID_ARG', `invalid mount option ${unknown} for driver 'local'`)
  const words = o.split(',').filter((word) => word !== '')
  const mountOptions = words.filter((word) => !isOwn(word, type))
  const needsMount = type !== '' || device !== ''
  if (!needsMount && mountOptions.length > 0)
    throw new EngineError('ERR_REFUSED', `volume option o=${mountOptions.join(',')} needs a type or a device`)
  return {
    ...(needsMount ? {mount: mountOf(type, device, mountOptions)} : {}),
    uid: numberOf(words, 'uid'),
    gid: numberOf(words, 'gid'),
    copyUp: !needsMount && nocopy === undefined && !words.includes('nocopy') && copy !== 'false',
  }
}

function mountOf(type: string, device: string, options: readonly string[]) {
  if (device === '' && type !== 'tmpfs') throw new EngineError('ERR_REFUSED', `volume type ${type} needs a device`)
  const bind = options.some((word) => word === 'bind' || word === 'rbind')
  return {type: type === '' && bind ? 'none' : type, device: device || type, options}
}

/**
 * Words of `o=` that speak of the volume, not of the mount. A tmpfs has limits and an owner by its own mount options;
 * a directory would need quotas of projects, which are not set here.
 */
function isOwn(word: string, type: string): boolean {
  const [key = ''] = word.split('=')
  if (['uid', 'gid', 'size'].includes(key) && type === 'tmpfs') return false
  if (key === 'size' || key === 'inodes')
    throw new EngineError(
      'ERR_REFUSED',
      'volume options size and inodes not supported. Filesystem does not support Project Quota',
    )
  return ['uid', 'gid', 'noquota', 'nocopy', 'copy'].includes(key)
}

function numberOf(words: readonly string[], key: string): number | undefined {
  const value = words.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1)
  if (value === undefined) return undefined
  if (!/^\d+$/.test(value))
    throw new EngineError(
      'ERR_REFUSED',
      `cannot convert ${key.toUpperCase()} ${value} to integer: strconv.Atoi: parsing ${JSON.stringify(value)}: invalid syntax`,
    )
  return Number(value)
}
