import type {Agent, ClientRequest, IncomingHttpHeaders, IncomingMessage, RequestOptions} from 'node:http'
import {feed} from '../../../storage/index.ts'
import {EngineError} from '../../errors/index.ts'
import type {Certificates} from './certificates.ts'
import {NO_ANSWER, networkReason} from './network-reason.ts'
import {systemRoots} from './system-roots.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  /** A chunk is not needed any more when the next is asked for. */
  readonly body?: AsyncIterable<Buffer> | Uint8Array | string
  readonly signal?: AbortSignal
}

export interface HttpResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Must be read to its end or destroyed. */
  readonly body: IncomingMessage
  readonly url: URL
}

export interface TlsSettings extends Certificates {
  readonly verify: boolean
}

export interface Patience {
  /** Until a connection is there, as long as podman waits. */
  readonly connectMs: number
  /** Until an answer begins: a registry may take its time to put away what it was sent. podman waits for ever. */
  readonly answerMs: number
  /** Between two pieces of an answer, which then counts as cut: another connection goes on where it ended. */
  readonly pieceMs: number
}

const usualPatience: Patience = {connectMs: 30_000, answerMs: 300_000, pieceMs: 60_000}

/**
 * HTTP with kept-alive connections, proxies from the environment and the TLS settings of one registry. Node's own client:
 * it loads in a tenth of undici's time and its bodies are Node streams, which go on without a conversion.
 */
export class HttpClient implements Disposable {
  readonly #tls: TlsSettings
  readonly #patience: Patience
  readonly #agents = new Map<string, Agent>()

  constructor(tls: TlsSettings, patience = usualPatience) {
    this.#tls = tls
    this.#patience = patience
  }

  /** One exchange; redirects are the caller's. @throws ERR_CONNECTION worded as Go words network failures */
  async request(request: HttpRequest): Promise<HttpResponse> {
    const {url, method} = request
    const secure = url.protocol === 'https:'
    const {request: open} = process.getBuiltinModule(secure ? 'node:https' : 'node:http')
    const agent = this.#agent(url.protocol)
    try {
      return await new Promise<HttpResponse>((resolve, reject) => {
        const outgoing = open(url, this.#options(request, agent), (body) => {
          body.socket.setTimeout(this.#patience.pieceMs)
          resolve({status: body.statusCode ?? 0, headers: body.headers, body, url})
        })
        outgoing.on('error', reject)
        this.#limitWaiting(outgoing, secure)
        if (isStream(request.body)) feed(request.body, outgoing).catch(reject)
        else outgoing.end(request.body)
      })
    } catch (cause) {
      request.signal?.throwIfAborted()
      throw new EngineError('ERR_CONNECTION', `${titleCase(method)} "${url.href}": ${networkReason(cause)}`, {cause})
    }
  }

  #limitWaiting(outgoing: ClientRequest, secure: boolean): void {
    let reason = 'dial tcp: i/o timeout'
    let reader: {destroy(error: Error): unknown} = outgoing
    outgoing.on('timeout', () => reader.destroy(new Error(reason)))
    outgoing.on('response', (body) => {
      reason = 'i/o timeout'
      reader = body
    })
    outgoing.on('socket', (socket) => {
      const connected = () => {
        reason = NO_ANSWER
        socket.setTimeout(this.#patience.answerMs)
      }
      if (socket.connecting) socket.once(secure ? 'secureConnect' : 'connect', connected)
      else connected()
    })
  }

  [Symbol.dispose](): void {
    for (const agent of this.#agents.values()) agent.destroy()
    this.#agents.clear()
  }

  #options({method, headers, signal}: HttpRequest, agent: Agent): RequestOptions {
    const timeout = this.#patience.connectMs
    return {method, agent, timeout, headers: {'user-agent': 'berth/0.1', ...headers}, ...(signal && {signal})}
  }

  #agent(protocol: string): Agent {
    let agent = this.#agents.get(protocol)
    if (!agent) {
      agent = this.#makeAgent(protocol)
      this.#agents.set(protocol, agent)
    }
    return agent
  }

  /** Built-in modules are fetched when needed: the startup snapshot knows no dynamic import of them. */
  #makeAgent(protocol: string): Agent {
    const common = {keepAlive: true, proxyEnv: process.env}
    if (protocol !== 'https:') return new (process.getBuiltinModule('node:http').Agent)(common)
    const {Agent: SecureAgent} = process.getBuiltinModule('node:https')
    const {rootCertificates} = process.getBuiltinModule('node:tls')
    const {ca, cert, key, verify} = this.#tls
    const trusted = systemRoots()
    return new SecureAgent({
      ...common,
      rejectUnauthorized: verify,
      ca: trusted.length > 0 ? [...trusted, ...ca] : [...rootCertificates, ...ca],
      ...(cert !== undefined && {cert, key}),
    })
  }
}

export function isStream(body: HttpRequest['body']): body is AsyncIterable<Buffer> {
  return typeof body === 'object' && Symbol.asyncIterator in body
}

function titleCase(method: string): string {
  return method[0] + method.slice(1).toLowerCase()
}
