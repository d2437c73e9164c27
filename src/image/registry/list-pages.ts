import {Field} from '../documents/field.ts'
import type {RegistryClient} from './registry-client.ts'
import {readBody} from './response-body.ts'

const MAX_PAGE_BYTES = 16 * 1024 * 1024

/** A list that the registry gives in pages. @see distribution-spec, Listing Tags */
export async function listPages(
  client: RegistryClient,
  path: string,
  key: 'tags' | 'repositories',
  scopes: readonly string[],
  limit: number,
): Promise<readonly string[]> {
  const items: string[] = []
  let next: string | URL | undefined = path
  while (next !== undefined && items.length < limit) {
    const response = await client.request({method: 'GET', path: next, scopes, accept: [200]})
    const page = Field.ofDocument(await readBody(response, MAX_PAGE_BYTES), path, 'ERR_REGISTRY')
    items.push(...(page.at(key).optional((list) => list.strings()) ?? []))
    const link: string | undefined = /<([^>]+)>;\s*rel="?next"?/.exec(String(response.headers.link ?? ''))?.[1]
    next = link === undefined ? undefined : new URL(link, response.url)
  }
  return items.slice(0, limit)
}
