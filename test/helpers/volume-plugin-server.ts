import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {createServer, type Server} from 'node:http'
import {join} from 'node:path'
import {json} from 'node:stream/consumers'

/**
 * A volume plugin of the tests' own: directories below `directory`, spoken to over `socket`. Every request is kept; what
 * stands in `fail` is answered with an error.
 */
export class VolumePluginServer implements AsyncDisposable {
  readonly socket: string
  readonly requests: {readonly method: string; readonly body: Record<string, unknown>}[] = []
  readonly fail = new Map<string, string>()
  readonly #directory: string
  readonly #server: Server
  readonly volumes = new Map<string, Record<string, string>>()

  private constructor(directory: string) {
    this.#directory = directory
    this.socket = join(directory, 'plugin.sock')
    mkdirSync(join(directory, 'volumes'), {recursive: true})
    this.#server = createServer(async (request, response) => {
      const method = (request.url ?? '').slice(1)
      const body = (await json(request)) as Record<string, unknown>
      this.requests.push({method, body})
      const failure = this.fail.get(method)
      const answer = failure === undefined ? this.#answer(method, body) : {Err: failure}
      response.writeHead('Err' in answer && answer.Err ? 500 : 200, {'content-type': 'application/json'})
      response.end(JSON.stringify(answer))
    })
  }

  static async start(directory: string): Promise<VolumePluginServer> {
    const server = new VolumePluginServer(directory)
    await new Promise<void>((resolve) => server.#server.listen(server.socket, resolve))
    return server
  }

  /** Methods asked for, without the handshake. */
  get methods(): string[] {
    return this.requests.map(({method}) => method).filter((method) => method !== 'Plugin.Activate')
  }

  read(volume: string, file: string): string {
    return readFileSync(join(this.#path(volume), file), 'utf8')
  }

  write(volume: string, file: string, text: string): void {
    writeFileSync(join(this.#path(volume), file), text)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #answer(method: string, {Name, Opts}: Record<string, unknown>): Record<string, unknown> {
    const name = String(Name)
    const known = () => ({Name: name, Mountpoint: this.#path(name), Status: {made: 'by the test'}})
    if (method !== 'VolumeDriver.Create' && Name !== undefined && !this.volumes.has(name)) return {Err: `no ${name}`}
    switch (method) {
      case 'Plugin.Activate':
        return {Implements: ['VolumeDriver']}
      case 'VolumeDriver.Create':
        this.make(name, Opts as Record<string, string>)
        return {Err: ''}
      case 'VolumeDriver.Remove':
        this.volumes.delete(name)
        rmSync(this.#path(name), {recursive: true})
        return {Err: ''}
      case 'VolumeDriver.Mount':
      case 'VolumeDriver.Path':
        return {Mountpoint: this.#path(name), Err: ''}
      case 'VolumeDriver.Unmount':
        return {Err: ''}
      case 'VolumeDriver.Get':
        return {Volume: known(), Err: ''}
      case 'VolumeDriver.List':
        return {Volumes: [...this.volumes.keys()].map((each) => ({Name: each})), Err: ''}
      default:
        return {Err: `unknown method ${method}`}
    }
  }

  /** As if somebody else had asked for it. */
  make(name: string, options: Record<string, string> = {}): void {
    this.volumes.set(name, options)
    mkdirSync(this.#path(name))
  }

  #path(name: string): string {
    return join(this.#directory, 'volumes', name)
  }
}
