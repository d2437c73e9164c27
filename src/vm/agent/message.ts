import {EngineError} from '../../errors/index.ts'
import type {AgentAnswer} from './agent.ts'

/** JSON, then, when there is one, a NUL byte and the tail. */
export function encodeRequest(body: Readonly<Record<string, unknown>>, tail?: string | Uint8Array): Buffer {
  const json = Buffer.from(JSON.stringify(body))
  return tail === undefined ? json : Buffer.concat([json, Buffer.of(0), Buffer.from(tail)])
}

export type Response = AgentAnswer | {readonly error: {readonly code: string; readonly message: string}}

/** @throws ERR_AGENT_PROTOCOL when it is neither an answer nor an error */
export function parseResponse(payload: Buffer): Response {
  const end = payload.indexOf(0)
  const body = parseObject(end < 0 ? payload : payload.subarray(0, end))
  const tail = end < 0 ? Buffer.alloc(0) : payload.subarray(end + 1)
  if (isObject(body.ok)) return {ok: body.ok, tail}
  if (isObject(body.error) && typeof body.error.code === 'string' && typeof body.error.message === 'string')
    return {error: {code: body.error.code, message: printable(body.error.message)}}
  throw new EngineError('ERR_AGENT_PROTOCOL', 'response is neither ok nor error')
}

export function parseEvent(payload: Buffer): Readonly<Record<string, unknown>> {
  return parseObject(payload)
}

/** A field of an answer that must be an integer. @throws ERR_AGENT_PROTOCOL */
export function integerField(object: Readonly<Record<string, unknown>>, name: string): number {
  const value = object[name]
  if (!Number.isSafeInteger(value)) throw new EngineError('ERR_AGENT_PROTOCOL', `field ${name} is no integer`)
  return value as number
}

/** A guest's text reaches terminals and logs: no control characters. */
export function printable(text: string): string {
  return text
    .slice(0, 4096)
    .replace(/\p{Cc}/gu, ' ')
    .trim()
}

function parseObject(bytes: Buffer): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw new EngineError('ERR_AGENT_PROTOCOL', 'payload is not JSON', {cause})
  }
  if (!isObject(value)) throw new EngineError('ERR_AGENT_PROTOCOL', 'payload is no object')
  return value
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
