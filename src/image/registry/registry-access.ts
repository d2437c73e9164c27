import type {Environment} from '../../config/environment.ts'
import {repositoryOf} from '../reference.ts'
import {Authorizer} from './authorizer.ts'
import {loadCertificates} from './certificates.ts'
import {type Credentials, findCredentials} from './credentials.ts'
import type {Endpoint} from './endpoints.ts'
import {HttpClient} from './http-client.ts'
import {loadRegistriesConf, type RegistriesConf} from './registries-conf.ts'
import {RegistryClient} from './registry-client.ts'
import {Repository} from './repository.ts'
import {defaultRetry, type RetryPolicy} from './retry.ts'

export interface RegistryAccessOptions {
  readonly environment: Environment
  /** `--authfile` */
  readonly authFile?: string
  /** `--creds`: these alone are used. */
  readonly credentials?: Credentials
  /** `--cert-dir` */
  readonly certDir?: string
  /** `--tls-verify` when given; without it registries.conf decides. */
  readonly tlsVerify?: boolean
  readonly retry?: RetryPolicy
}

/** Registries as this user, with these options, reaches them. Connections are kept until it is disposed. */
export class RegistryAccess implements Disposable {
  readonly #options: RegistryAccessOptions
  readonly #clients = new Map<string, Promise<RegistryClient>>()
  readonly #https: HttpClient[] = []
  #conf: RegistriesConf | undefined
  #web: HttpClient | undefined

  constructor(options: RegistryAccessOptions) {
    this.#options = options
  }

  get environment(): Environment {
    return this.#options.environment
  }

  get conf(): RegistriesConf {
    this.#conf ??= loadRegistriesConf(this.#options.environment)
    return this.#conf
  }

  get retry(): RetryPolicy {
    return this.#options.retry ?? defaultRetry
  }

  /** The repository behind an endpoint, with the credentials that fit it. */
  async repository({reference, insecure}: Endpoint): Promise<Repository> {
    const client = await this.client(reference.domain, repositoryOf(reference), insecure)
    return new Repository(client, reference.path, this.retry)
  }

  /** `account` is what credentials are looked up for: the host, or the host with a path. */
  client(host: string, account: string, insecure: boolean): Promise<RegistryClient> {
    const key = `${account} ${insecure}`
    let client = this.#clients.get(key)
    if (!client) {
      client = this.#open(host, account, insecure)
      this.#clients.set(key, client)
    }
    return client
  }

  /** For what lies on a web server: signatures. */
  get web(): HttpClient {
    if (!this.#web) {
      this.#web = new HttpClient({ca: [], verify: this.#options.tlsVerify ?? true})
      this.#https.push(this.#web)
    }
    return this.#web
  }

  [Symbol.dispose](): void {
    for (const http of this.#https) http[Symbol.dispose]()
    this.#https.length = 0
    this.#clients.clear()
    this.#web = undefined
  }

  async #open(host: string, account: string, insecure: boolean): Promise<RegistryClient> {
    const {environment, authFile, certDir, tlsVerify} = this.#options
    const trusting = tlsVerify === undefined ? insecure : !tlsVerify
    const http = new HttpClient({...loadCertificates(environment, host, certDir), verify: !trusting})
    this.#https.push(http)
    const credentials = this.#options.credentials ?? (await findCredentials(environment, account, authFile))
    const authorizer = new Authorizer(http, credentials)
    return new RegistryClient({host, insecure: trusting, http, authorizer, retry: this.retry})
  }
}
