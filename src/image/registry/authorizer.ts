import {EngineError} from '../../errors/index.ts'
import {Field} from '../documents/field.ts'
import type {Challenge} from './challenge.ts'
import type {Credentials} from './credentials.ts'
import type {HttpClient, HttpResponse} from './http-client.ts'
import {refusal} from './registry-error.ts'
import {readBody} from './response-body.ts'

interface Token {
  readonly token: string
  readonly expiresAtMs: number
}

/** Tokens live at least this long, whatever the server says. @see distribution's spec/auth/token.md */
const LEAST_SECONDS = 60

/** Answers a registry's challenge: with the user's name and password, or with a token from the server it names. */
export class Authorizer {
  readonly #http: HttpClient
  readonly #credentials: Credentials | undefined
  readonly #tokens = new Map<string, Promise<Token>>()

  constructor(http: HttpClient, credentials: Credentials | undefined) {
    this.#http = http
    this.#credentials = credentials
  }

  /** The `Authorization` header, or undefined when there is nothing to say. `renew` asks for a new token. */
  async header(
    challenges: readonly Challenge[],
    scopes: readonly string[],
    renew = false,
  ): Promise<string | undefined> {
    const bearer = challenges.find(({scheme}) => scheme === 'bearer')
    if (bearer) return `Bearer ${await this.#token(bearer, scopes, renew)}`
    if (challenges.length === 0 || this.#credentials?.kind !== 'password') return undefined
    return basic(this.#credentials.username, this.#credentials.password)
  }

  async #token(challenge: Challenge, scopes: readonly string[], renew: boolean): Promise<string> {
    const key = scopes.join(' ')
    const known = renew ? undefined : await this.#tokens.get(key)
    if (known && known.expiresAtMs > Date.now()) return known.token
    const asked = this.#ask(challenge, scopes)
    this.#tokens.set(key, asked)
    asked.catch(() => this.#tokens.delete(key))
    return (await asked).token
  }

  async #ask(challenge: Challenge, scopes: readonly string[]): Promise<Token> {
    const {realm, service = ''} = challenge.parameters
    if (!realm) throw new EngineError('ERR_REGISTRY', 'missing realm in bearer auth challenge')
    const credentials = this.#credentials
    const response =
      credentials?.kind === 'identityToken'
        ? await this.#exchange(new URL(realm), service, scopes, credentials.token)
        : await this.#get(new URL(realm), service, scopes)
    if (response.status !== 200) throw await tokenRefusal(response)
    return parseToken(await readBody(response, 1024 * 1024))
  }

  #get(url: URL, service: string, scopes: readonly string[]): Promise<HttpResponse> {
    const credentials = this.#credentials?.kind === 'password' ? this.#credentials : undefined
    if (credentials) url.searchParams.set('account', credentials.username)
    if (service) url.searchParams.set('service', service)
    for (const scope of scopes) url.searchParams.append('scope', scope)
    const headers = credentials && {authorization: basic(credentials.username, credentials.password)}
    return this.#http.request({method: 'GET', url, ...(headers && {headers})})
  }

  #exchange(url: URL, service: string, scopes: readonly string[], token: string): Promise<HttpResponse> {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      service,
      client_id: 'berth',
      refresh_token: token,
      scope: scopes.join(' '),
    })
    const headers = {'content-type': 'application/x-www-form-urlencoded'}
    return this.#http.request({method: 'POST', url, headers, body: form.toString()})
  }
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

function parseToken(bytes: Uint8Array): Token {
  const document = Field.ofDocument(bytes, 'token', 'ERR_REGISTRY')
  const token = document.at('token').optional((field) => field.string()) || document.at('access_token').string()
  const seconds = document.at('expires_in').optional((field) => field.size()) ?? LEAST_SECONDS
  return {token, expiresAtMs: Date.now() + Math.max(seconds, LEAST_SECONDS) * 1000 - 5000}
}

async function tokenRefusal(response: HttpResponse): Promise<EngineError> {
  const cause = await refusal(response)
  if (response.status !== 401) return cause
  return new EngineError(
    'ERR_UNAUTHORIZED',
    `unable to retrieve auth token: invalid username/password: ${cause.message}`,
    {cause},
  )
}
