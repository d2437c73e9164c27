import {EngineError, isErrno} from '../../errors/index.ts'

/** A volume as a plugin tells of it. */
export interface PluginVolume {
  readonly Name: string
  readonly Mountpoint?: string
  readonly CreatedAt?: string
  readonly Status?: Readonly<Record<string, unknown>>
}

/**
 * A program that holds volumes, spoken to over its unix socket: one POST of JSON per request.
 * @see https://docs.docker.com/engine/extend/plugins_volume/
 */
export class VolumePlugin {
  readonly name: string
  readonly #socket: string
  readonly #timeoutMs: number
  #activated: Promise<void> | undefined

  constructor(name: string, socket: string, timeoutMs: number) {
    this.name = name
    this.#socket = socket
    this.#timeoutMs = timeoutMs
  }

  async create(volume: string, options: Readonly<Record<string, string>>): Promise<void> {
    await this.#ask('VolumeDriver.Create', {Name: volume, Opts: options})
  }

  async remove(volume: string): Promise<void> {
    await this.#ask('VolumeDriver.Remove', {Name: volume})
  }

  /** Where its content can be seen. @param id tells this mount from others of the volume */
  async mount(volume: string, id: string): Promise<string> {
    const {Mountpoint} = await this.#ask('VolumeDriver.Mount', {Name: volume, ID: id})
    if (typeof Mountpoint === 'string' && Mountpoint.startsWith('/')) return Mountpoint
    throw this.#failure(`no mount point of volume ${volume}`)
  }

  async unmount(volume: string, id: string): Promise<void> {
    await this.#ask('VolumeDriver.Unmount', {Name: volume, ID: id})
  }

  async get(volume: string): Promise<PluginVolume> {
    const {Volume} = await this.#ask('VolumeDriver.Get', {Name: volume})
    if (isVolume(Volume)) return Volume
    throw this.#failure(`nothing of volume ${volume}`)
  }

  async list(): Promise<readonly PluginVolume[]> {
    const {Volumes} = await this.#ask('VolumeDriver.List', {})
    return Array.isArray(Volumes) ? Volumes.filter(isVolume) : []
  }

  async #ask(method: string, body: object): Promise<Record<string, unknown>> {
    this.#activated ??= this.#activate()
    await this.#activated
    return this.#post(method, body)
  }

  /** The handshake says what the program is a plugin for. */
  async #activate(): Promise<void> {
    const {Implements} = await this.#post('Plugin.Activate', {})
    if (Array.isArray(Implements) && Implements.includes('VolumeDriver')) return
    throw this.#failure('it is not a volume driver')
  }

  async #post(method: string, body: object): Promise<Record<string, unknown>> {
    const {request} = process.getBuiltinModule('node:http')
    const {text, status} = await new Promise<{text: string; status: number}>((resolve, reject) => {
      const headers = {'content-type': 'application/json', accept: 'application/vnd.docker.plugins.v1.1+json'}
      const signal = AbortSignal.timeout(this.#timeoutMs)
      const asked = request(
        {socketPath: this.#socket, path: `/${method}`, method: 'POST', headers, signal},
        (answer) => {
          const chunks: Buffer[] = []
          answer.on('data', (chunk: Buffer) => chunks.push(chunk))
          answer.on('end', () => resolve({text: Buffer.concat(chunks).toString(), status: answer.statusCode ?? 0}))
          answer.on('error', reject)
        },
      )
      asked.on('error', reject)
      asked.end(JSON.stringify(body))
    }).catch((cause: unknown) => {
      throw this.#unreachable(method, cause)
    })
    const answer = parsed(text)
    if (status !== 200 || (typeof answer?.Err === 'string' && answer.Err !== ''))
      throw this.#failure(`${method}: ${answer?.Err || text.trim() || `status ${status}`}`)
    if (!answer) throw this.#failure(`${method}: it answered no JSON`)
    return answer
  }

  #unreachable(method: string, cause: unknown): EngineError {
    const late = (cause as Error).name === 'AbortError' || (cause as Error).name === 'TimeoutError'
    const reason = late ? `no answer within ${this.#timeoutMs} ms` : (cause as Error).message
    const code = isErrno(cause, 'ENOENT', 'ECONNREFUSED') ? 'ERR_VOLUME_PLUGIN_MISSING' : 'ERR_VOLUME_PLUGIN'
    return new EngineError(code, `volume plugin ${this.name} at ${this.#socket}: ${method}: ${reason}`, {cause})
  }

  #failure(text: string): EngineError {
    return new EngineError('ERR_VOLUME_PLUGIN', `volume plugin ${this.name}: ${text}`)
  }
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function isVolume(value: unknown): value is PluginVolume {
  return typeof value === 'object' && value !== null && typeof (value as PluginVolume).Name === 'string'
}
