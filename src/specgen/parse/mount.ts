import {globSync, statSync} from 'node:fs'
import {basename, join, resolve} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import type {MountRequest} from '../container-request.ts'
import {refuse} from '../refuse.ts'
import {checkDestination, checkVolumeWords} from './mount-words.ts'

const FORMAT = 'should be --mount type=<bind|tmpfs|volume>,[src=<host-dir|volume-name>,]target=<ctr-dir>[,options]'

/**
 * `--mount type=…,src=…,dst=…,…`, all types; a `glob` becomes one bind for each match.
 * @throws ERR_REFUSED, ERR_NOT_SUPPORTED, in podman's words
 */
export function parseMount(text: string, workingDirectory: string): MountRequest[] {
  const fields = parseCsv(text)
  const type = fields.find(([key]) => key === 'type')?.[1]
  if (type === undefined) refuse(`incorrect mount format: ${FORMAT}`)
  const rest = fields.filter(([key]) => key !== 'type')
  switch (type) {
    case 'bind':
      return [bindMount(readFields(rest, 'bind'), workingDirectory)]
    case 'glob':
      return globMounts(readFields(rest, 'bind'), workingDirectory)
    case 'volume':
      return [volumeMount(readFields(rest, 'volume'))]
    case 'tmpfs':
    case 'ramfs':
      return [tmpfsMount(type === 'ramfs' ? 'ramfs' : 'tmpfs', readFields(rest, 'tmpfs'))]
    case 'devpts':
      return [devptsMount(readFields(rest, 'devpts'))]
    case 'image':
      return [imageMount(readFields(rest, 'image'))]
    case 'artifact':
      throw new EngineError('ERR_NOT_SUPPORTED', 'mounts of type artifact')
    default:
      return refuse(`invalid filesystem type ${JSON.stringify(type)}`)
  }
}

type Field = readonly [key: string, value: string | undefined]

/** Fields as in CSV: one in double quotes may hold commas. */
function parseCsv(text: string): Field[] {
  const fields = text.match(/(?:[^,"]|"(?:[^"]|"")*")+/g) ?? []
  return fields.map((field) => {
    const plain = field.replace(/"((?:[^"]|"")*)"/g, (_, inner: string) => inner.replaceAll('""', '"'))
    const equals = plain.indexOf('=')
    return equals < 0 ? [plain, undefined] : [plain.slice(0, equals), plain.slice(equals + 1)]
  })
}

interface Fields {
  readonly source?: string
  readonly destination: string
  readonly options: readonly string[]
  readonly readOnly?: boolean
  readonly chown: boolean
  readonly subpath?: string
  readonly recursive: boolean
  /** For a volume that has to be made. */
  readonly volumeOptions?: Readonly<Record<string, string>>
}

type Kind = 'bind' | 'volume' | 'tmpfs' | 'devpts' | 'image'

/** Words that stand alone or as `WORD=BOOL`, by the kind of mount. */
const WORDS: Readonly<Record<Kind, readonly string[]>> = {
  bind: [
    ...['private', 'rprivate', 'slave', 'rslave', 'shared', 'rshared', 'unbindable', 'runbindable', 'bind', 'rbind'],
  ],
  volume: [],
  tmpfs: ['noatime', 'tmpcopyup', 'notmpcopyup', 'private', 'rprivate', 'slave', 'rslave', 'shared', 'rshared'],
  devpts: [],
  image: [],
}
const PERMISSIONS = ['nodev', 'dev', 'noexec', 'exec', 'nosuid', 'suid']
const VALUES: Readonly<Record<Kind, readonly string[]>> = {
  bind: ['bind-propagation', 'relabel', 'idmap', 'consistency', 'subpath', 'volume-subpath'],
  volume: ['volume-opt', 'relabel', 'idmap', 'consistency', 'subpath', 'volume-subpath'],
  tmpfs: ['tmpfs-mode', 'tmpfs-size', 'consistency', 'uid', 'gid', 'mode', 'size'],
  devpts: ['uid', 'gid', 'mode', 'max'],
  image: ['subpath', 'consistency'],
}

function readFields(fields: readonly Field[], kind: Kind): Fields {
  const reader = new FieldReader(kind)
  for (const [key, value] of fields) reader.read(key, value)
  return reader.result()
}

class FieldReader {
  readonly #kind: Kind
  readonly #options: string[] = []
  #source: string | undefined
  #destination: string | undefined
  #readOnly: boolean | undefined
  #chown = false
  #recursive = true
  #subpath: string | undefined
  readonly #volumeOptions: Record<string, string> = {}

  constructor(kind: Kind) {
    this.#kind = kind
  }

  read(key: string, value: string | undefined): void {
    if (key === 'src' || key === 'source') this.#setSource(key, value)
    else if (['target', 'dst', 'destination'].includes(key)) this.#destination = checkDestination(needed(key, value))
    else if (['ro', 'readonly', 'rw'].includes(key)) this.#setAccess(key, value)
    else if (key === 'U' || key === 'chown') this.#chown = flag(key, value)
    else if (key === 'bind-nonrecursive' && this.#kind === 'bind') this.#recursive = !flag(key, value)
    else if (key === 'no-dereference' && this.#kind === 'bind') this.#unsupported(key)
    else this.#readOption(key, value)
  }

  result(): Fields {
    if (this.#destination === undefined && this.#kind !== 'image') refuse('must set volume destination')
    return {
      source: this.#source,
      destination: this.#destination ?? '',
      options: this.#options,
      readOnly: this.#readOnly,
      chown: this.#chown,
      subpath: this.#subpath,
      recursive: this.#recursive,
      ...(Object.keys(this.#volumeOptions).length > 0 && {volumeOptions: this.#volumeOptions}),
    }
  }

  #setSource(key: string, value: string | undefined): void {
    if (this.#kind === 'tmpfs') refuse('source is not supported with tmpfs mounts')
    if (this.#kind === 'devpts') refuse('source is not supported with devpts mounts')
    this.#source = needed(key, value)
    if (this.#source === '') refuse('host directory cannot be empty')
  }

  #setAccess(key: string, value: string | undefined): void {
    if (this.#readOnly !== undefined) {
      refuse("cannot pass 'readonly', 'ro', or 'rw' options more than once: must provide an argument for option")
    }
    const written = value?.toLowerCase() ?? 'true'
    if (written !== 'true' && written !== 'false') {
      refuse(
        `'readonly', 'ro', or 'rw' must be set to true or false, instead received ${JSON.stringify(value)}: must provide an argument for option`,
      )
    }
    this.#readOnly = (key !== 'rw') === (written === 'true')
  }

  #readOption(key: string, value: string | undefined): void {
    if ([...WORDS[this.#kind], ...(this.#kind === 'devpts' ? [] : PERMISSIONS)].includes(key)) {
      if (flag(key, value)) this.#options.push(key)
    } else if (VALUES[this.#kind].includes(key)) this.#readValue(key, value)
    else refuse(`${key}: invalid mount option`)
  }

  #readValue(key: string, value: string | undefined): void {
    if (key === 'consistency') return
    if (key === 'idmap') this.#options.push(value === undefined ? 'idmap' : `idmap=${value}`)
    else if (key === 'relabel') this.#options.push(relabel(needed(key, value)))
    else if (key === 'bind-propagation') this.#options.push(needed(key, value))
    else if (key === 'subpath' || key === 'volume-subpath') this.#subpath = needed(key, value)
    else if (key === 'volume-opt') this.#setVolumeOption(needed(key, value))
    else this.#options.push(`${key.replace('tmpfs-', '')}=${needed(key, value)}`)
  }

  #setVolumeOption(text: string): void {
    const [key = '', value = ''] = text.split(/=(.*)/s)
    this.#volumeOptions[key] = value
  }

  #unsupported(key: string): never {
    throw new EngineError('ERR_NOT_SUPPORTED', `mount option ${key}`)
  }
}

function needed(key: string, value: string | undefined): string {
  return value ?? refuse(`${key}: must provide an argument for option`)
}

function flag(key: string, value: string | undefined): boolean {
  if (value === undefined || value === 'true') return true
  return value === 'false'
    ? false
    : refuse(`${key} must be set to true or false, instead received ${JSON.stringify(value)}`)
}

function relabel(value: string): string {
  if (value === 'private') return 'Z'
  return value === 'shared'
    ? 'z'
    : refuse(`relabel can only be private or shared, instead received ${JSON.stringify(value)}`)
}

function access({readOnly, options}: Fields): string[] {
  return [...(readOnly === undefined ? [] : [readOnly ? 'ro' : 'rw']), ...options]
}

function bindMount(fields: Fields, workingDirectory: string): MountRequest {
  const {destination, chown, subpath, recursive} = fields
  const options = [...access(fields), ...(recursive || fields.options.includes('bind') ? [] : ['bind'])]
  checkVolumeWords(options)
  const source = resolve(workingDirectory, fields.source ?? destination)
  return {type: 'bind', source, destination, options, chown, subpath, origin: 'mount'}
}

/** One bind for each match, into the destination directory, or in its own place when no destination was given. */
function globMounts(fields: Fields, workingDirectory: string): MountRequest[] {
  const pattern = resolve(workingDirectory, fields.source ?? refuse('must set source for glob mount'))
  const found = globSync(pattern).sort()
  if (found.length === 0) refuse(`no file paths matching glob ${JSON.stringify(pattern)}`)
  return found.map((source) => {
    statSync(source)
    return bindMount({...fields, source, destination: join(fields.destination, basename(source))}, workingDirectory)
  })
}

function volumeMount(fields: Fields): MountRequest {
  const {source, destination, chown, subpath, volumeOptions} = fields
  const options = access(fields)
  checkVolumeWords(options)
  const volume = {source: source ?? '', ...(volumeOptions && {volumeOptions})}
  return {type: 'volume', ...volume, destination, options, chown, subpath, origin: 'mount'}
}

function tmpfsMount(type: 'tmpfs' | 'ramfs', fields: Fields): MountRequest {
  return {type, destination: fields.destination, options: access(fields), chown: fields.chown}
}

function devptsMount(fields: Fields): MountRequest {
  return {type: 'devpts', destination: fields.destination, options: access(fields)}
}

function imageMount(fields: Fields): MountRequest {
  const {source, destination, subpath} = fields
  if (!source || !destination) refuse('must set source and destination for image volume')
  return {type: 'image', source, destination, readWrite: fields.readOnly === false, subpath}
}
