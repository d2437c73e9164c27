import {EngineError, hasCode} from '../../errors/index.ts'
import {Field} from '../documents/field.ts'
import {formatReference, parseReference, type Reference, repositoryOf} from '../reference.ts'
import {pullEndpoints} from './endpoints.ts'
import {listPages} from './list-pages.ts'
import {findEntry} from './registries-conf.ts'
import type {RegistryAccess} from './registry-access.ts'
import type {RegistryClient} from './registry-client.ts'
import {readBody} from './response-body.ts'

export interface SearchResult {
  readonly index: string
  readonly name: string
  readonly description: string
  readonly stars: number
  readonly official: boolean
  readonly automated: boolean
}

const DEFAULT_LIMIT = 25
const MAX_ANSWER_BYTES = 16 * 1024 * 1024

/**
 * Repositories whose name holds the term, at one registry (`host/term`) or at every search registry; none without any,
 * as podman has it.
 */
export async function searchImages(
  access: RegistryAccess,
  text: string,
  limit = DEFAULT_LIMIT,
): Promise<readonly SearchResult[]> {
  const {hosts, term} = splitTerm(access, text)
  return fromAny(hosts, (host) => searchHost(access, host, term, limit || DEFAULT_LIMIT))
}

/** Tags of one repository; of a short name those at every search registry. */
export async function listTags(
  access: RegistryAccess,
  text: string,
  limit: number,
): Promise<readonly {name: string; tag: string}[]> {
  const {hosts, term} = splitTerm(access, text)
  return fromAny(hosts, (host) => tagsAt(access, parseReference(`${host}/${term}`), limit))
}

/** One registry that answers is enough. */
async function fromAny<T>(
  hosts: readonly string[],
  find: (host: string) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const answers = await Promise.allSettled(hosts.map(find))
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
  const failure = answers.find(({status}) => status === 'rejected')
  if (found.length === 0 && failure?.status === 'rejected') throw failure.reason
  return found
}

async function tagsAt(
  access: RegistryAccess,
  reference: Reference,
  limit: number,
): Promise<readonly {name: string; tag: string}[]> {
  if (reference.tag !== undefined || reference.digest !== undefined)
    throw new EngineError('ERR_REFUSED', `reference ${formatReference(reference)} must not have a tag or digest`)
  const [endpoint] = pullEndpoints(access.conf, reference).slice(-1)
  if (!endpoint) return []
  const tags = await (await access.repository(endpoint)).tags(limit || Number.POSITIVE_INFINITY)
  return tags.map((tag) => ({name: repositoryOf(reference), tag}))
}

function splitTerm(access: RegistryAccess, text: string): {readonly hosts: readonly string[]; readonly term: string} {
  const slash = text.indexOf('/')
  const first = text.slice(0, Math.max(0, slash))
  if (slash >= 0 && (/[.:]/.test(first) || first === 'localhost')) return {hosts: [first], term: text.slice(slash + 1)}
  return {hosts: access.conf.searchRegistries, term: text}
}

async function searchHost(
  access: RegistryAccess,
  host: string,
  term: string,
  limit: number,
): Promise<readonly SearchResult[]> {
  const client = await access.client(host, host, findEntry(access.conf, host)?.insecure ?? false)
  return (await searchIndex(client, host, term, limit)) ?? searchCatalog(client, host, term, limit)
}

/** Docker's search API. Undefined where a registry has none. */
async function searchIndex(
  client: RegistryClient,
  host: string,
  term: string,
  limit: number,
): Promise<readonly SearchResult[] | undefined> {
  if (term === '') return undefined
  try {
    const query = new URLSearchParams({q: term, n: String(limit)})
    const path = new URL(`/v1/search?${query}`, await client.base())
    const response = await client.request({method: 'GET', path, scopes: [], accept: [200], retry: false})
    const document = Field.ofDocument(await readBody(response, MAX_ANSWER_BYTES), 'search answer', 'ERR_REGISTRY')
    return document
      .at('results')
      .items()
      .slice(0, limit)
      .map((item) => parseResult(item, host))
  } catch (error) {
    if (hasCode(error, 'ERR_MANIFEST_UNKNOWN', 'ERR_REGISTRY', 'ERR_UNAUTHORIZED')) return undefined
    throw error
  }
}

async function searchCatalog(
  client: RegistryClient,
  host: string,
  term: string,
  limit: number,
): Promise<readonly SearchResult[]> {
  const scopes = ['registry:catalog:*']
  const names = await listPages(client, '_catalog', 'repositories', scopes, Number.POSITIVE_INFINITY)
  return names
    .filter((name) => name.includes(term))
    .slice(0, limit)
    .map((name) => ({
      index: host,
      name: `${host}/${name}`,
      description: '',
      stars: 0,
      official: false,
      automated: false,
    }))
}

function parseResult(item: Field, host: string): SearchResult {
  const flag = (key: string) => item.at(key).raw === true
  const name = item.at('name').string()
  return {
    index: host,
    name: `${host}/${host === 'docker.io' && !name.includes('/') ? `library/${name}` : name}`,
    description: item.at('description').optional((field) => field.string()) ?? '',
    stars: item.at('star_count').optional((field) => field.size()) ?? 0,
    official: flag('is_official'),
    automated: flag('is_automated'),
  }
}
