import {EngineError} from '../../errors/index.ts'
import type {HttpResponse} from './http-client.ts'

/** Where an upload goes on, as the registry's last answer says. @throws ERR_REGISTRY */
export function uploadPlace({headers, url}: HttpResponse): URL {
  if (headers.location === undefined) throw new EngineError('ERR_REGISTRY', `${url.href}: the answer has no location`)
  return new URL(headers.location, url)
}

/** How much of an upload the registry has; undefined when it does not tell. `0-0` says nothing or one byte: nothing. */
export function receivedBytes({headers}: HttpResponse): number | undefined {
  const end = /^(?:bytes=)?0-(\d+)$/.exec(String(headers.range ?? ''))?.[1]
  if (end === undefined) return undefined
  return end === '0' ? 0 : Number(end) + 1
}
