import {EngineError, hasCode} from '../../errors/index.ts'
import type {Authorizer} from './authorizer.ts'
import {type Challenge, parseChallenges} from './challenge.ts'
import {type HttpClient, type HttpRequest, type HttpResponse, isStream} from './http-client.ts'
import {refusal} from './registry-error.ts'
import {discard} from './response-body.ts'
import {type RetryPolicy, withRetries} from './retry.ts'

export interface ApiRequest extends Omit<HttpRequest, 'url'> {
  /** Below `/v2/`, or a whole URL that the registry gave. */
  readonly path: string | URL
  /** `repository:PATH:pull`. */
  readonly scopes: readonly string[]
  /** Statuses that are no failure. */
  readonly accept: readonly number[]
  /** Without one, nothing is repeated: a body that was streamed cannot be. */
  readonly retry?: boolean
}

export interface RegistryClientOptions {
  /** `host[:port]` as names have it. */
  readonly host: string
  /** Plain HTTP is tried when HTTPS fails. */
  readonly insecure: boolean
  readonly http: HttpClient
  readonly authorizer: Authorizer
  readonly retry: RetryPolicy
}

const MAX_REDIRECTS = 5

/** Requests to one registry's API: finds out how it is reached and what it asks for, authorizes, follows redirects. */
export class RegistryClient {
  readonly #options: RegistryClientOptions
  #entrance: Promise<Entrance> | undefined

  constructor(options: RegistryClientOptions) {
    this.#options = options
  }

  get host(): string {
    return this.#options.host
  }

  /** @throws ERR_UNAUTHORIZED, ERR_MANIFEST_UNKNOWN, ERR_REGISTRY, ERR_REGISTRY_BUSY, ERR_CONNECTION */
  async request(request: ApiRequest): Promise<HttpResponse> {
    const entrance = await this.#enter(request.signal)
    const once = () => this.#authorized(request, entrance)
    return request.retry === false ? once() : withRetries(this.#options.retry, request.signal, once, retryAfter)
  }

  /** What the registry asks for, and whether the credentials suit it. @throws ERR_UNAUTHORIZED */
  async checkLogin(): Promise<void> {
    const response = await this.request({method: 'GET', path: '', scopes: [], accept: [200]})
    discard(response)
  }

  /** The URL that the API is reached at. */
  async base(): Promise<string> {
    const {host} = this.#options
    return host === 'docker.io' ? 'https://index.docker.io' : (await this.#enter(undefined)).base
  }

  #enter(signal: AbortSignal | undefined): Promise<Entrance> {
    this.#entrance ??= withRetries(this.#options.retry, signal, () => this.#ping(signal), retryAfter)
    return this.#entrance
  }

  async #ping(signal: AbortSignal | undefined): Promise<Entrance> {
    const {host, insecure, http} = this.#options
    const bases = [`https://${hostOf(host)}`, ...(insecure ? [`http://${hostOf(host)}`] : [])]
    let failure: unknown
    for (const base of bases) {
      try {
        const url = new URL('/v2/', base)
        const response = await http.request({method: 'GET', url, ...(signal && {signal})})
        return await readPing(response, base)
      } catch (error) {
        if (!hasCode(error, 'ERR_CONNECTION')) throw error
        failure ??= error
        if (base === bases.at(-1)) throw withPing(insecure ? error : failure, host)
      }
    }
    throw failure
  }

  async #authorized(request: ApiRequest, entrance: Entrance): Promise<HttpResponse> {
    const first = await this.#send(request, entrance, false)
    // A token may have ended, or not cover the scope; a body that was streamed is gone
    const again = first.status === 401 && !isStream(request.body)
    if (!again) return accepted(first, request)
    discard(first)
    const challenges = parseChallenges(first.headers['www-authenticate'])
    return accepted(await this.#send(request, {...entrance, ...(challenges.length > 0 && {challenges})}, true), request)
  }

  async #send(request: ApiRequest, {base, challenges}: Entrance, renew: boolean): Promise<HttpResponse> {
    const {authorizer, http} = this.#options
    const {path, method, body, signal} = request
    let url = typeof path === 'string' ? new URL(`/v2/${path}`, base) : path
    const authorization = await authorizer.header(challenges, request.scopes, renew)
    for (let hop = 0; ; hop++) {
      const own = url.origin === new URL(base).origin
      const headers = {...request.headers, ...(own && authorization !== undefined && {authorization})}
      const response = await http.request({
        method,
        url,
        headers,
        ...(body !== undefined && {body}),
        ...(signal && {signal}),
      })
      const target = redirectOf(response)
      if (target === undefined || (method !== 'GET' && method !== 'HEAD')) return response
      if (hop >= MAX_REDIRECTS)
        throw new EngineError('ERR_REGISTRY', `${method} ${url.href}: stopped after ${MAX_REDIRECTS} redirects`)
      discard(response)
      url = target
    }
  }
}

interface Entrance {
  readonly base: string
  readonly challenges: readonly Challenge[]
}

/** docker.io is a name; the registry behind it has another. */
function hostOf(host: string): string {
  return host === 'docker.io' ? 'registry-1.docker.io' : host
}

async function readPing(response: HttpResponse, base: string): Promise<Entrance> {
  if (response.status !== 200 && response.status !== 401) {
    const cause = await refusal(response)
    throw new EngineError(cause.code, `pinging container registry ${new URL(base).host}: ${cause.message}`, {cause})
  }
  discard(response)
  const challenges = response.status === 401 ? parseChallenges(response.headers['www-authenticate']) : []
  return {base, challenges}
}

function withPing(error: unknown, host: string): EngineError {
  const message = error instanceof Error ? error.message : String(error)
  return new EngineError('ERR_CONNECTION', `pinging container registry ${hostOf(host)}: ${message}`, {cause: error})
}

async function accepted(response: HttpResponse, {accept}: ApiRequest): Promise<HttpResponse> {
  if (accept.includes(response.status)) return response
  const error = await refusal(response)
  throw Object.assign(error, {retryAfter: response.headers['retry-after']})
}

/** Seconds or a date. @see RFC 9110, section 10.2.3 */
function retryAfter(error: unknown): number | undefined {
  const {retryAfter: text} = error as {readonly retryAfter?: string}
  if (text === undefined) return undefined
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds)
}

function redirectOf({status, headers, url}: HttpResponse): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(status) || headers.location === undefined) return undefined
  return new URL(headers.location, url)
}
