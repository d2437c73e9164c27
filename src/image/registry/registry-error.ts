import {EngineError} from '../../errors/index.ts'
import type {HttpResponse} from './http-client.ts'
import {readBody} from './response-body.ts'

/** What a registry's refusal means, worded as distribution's client words it. */
export async function refusal(response: HttpResponse): Promise<EngineError> {
  const {status} = response
  const text = await readBody(response, 64 * 1024).catch(() => Buffer.alloc(0))
  const reason = reasonOf(text.toString('utf8'))
  if (status === 401) return new EngineError('ERR_UNAUTHORIZED', reason ?? 'unauthorized: authentication required')
  if (status === 403)
    return new EngineError('ERR_UNAUTHORIZED', reason ?? 'denied: requested access to the resource is denied')
  if (status === 429)
    return new EngineError('ERR_REGISTRY_BUSY', reason ?? 'toomanyrequests: too many requests to registry')
  const told = reason ?? `received unexpected HTTP status: ${status} ${response.body.statusMessage ?? ''}`.trimEnd()
  if (status >= 500) return new EngineError('ERR_REGISTRY_BUSY', told)
  if (status === 411 || status === 413) return new EngineError('ERR_UPLOAD_REFUSED', told)
  if (status === 404) return new EngineError('ERR_MANIFEST_UNKNOWN', reason ?? 'manifest unknown')
  return new EngineError('ERR_REGISTRY', told)
}

/** @see distribution-spec, Error Codes */
function reasonOf(text: string): string | undefined {
  try {
    const {errors} = JSON.parse(text) as {errors?: readonly {code?: unknown; message?: unknown}[]}
    const lines = (errors ?? []).map(({code, message}) => oneError(String(code ?? ''), String(message ?? '')))
    return lines.length > 0 ? lines.join('; ') : undefined
  } catch {
    return undefined
  }
}

function oneError(code: string, message: string): string {
  const words = code.toLowerCase().replaceAll('_', ' ')
  return message === '' || message === words ? words : `${words}: ${message}`
}
