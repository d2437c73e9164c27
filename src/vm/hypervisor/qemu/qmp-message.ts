import {EngineError} from '../../../errors/index.ts'

/** @see https://www.qemu.org/docs/master/interop/qmp-spec.html */
export type QmpMessage =
  | {readonly kind: 'greeting'}
  | {readonly kind: 'return'; readonly id: number; readonly value: unknown}
  | {readonly kind: 'error'; readonly id: number; readonly class: string; readonly description: string}
  | {readonly kind: 'event'; readonly event: QmpEvent}

export interface QmpEvent {
  readonly name: string
  readonly data: Readonly<Record<string, unknown>>
}

/** One line of QMP. A hypervisor that a guest took over could say anything, so every field is checked. */
export function parseQmpMessage(line: string): QmpMessage {
  const message = parseObject(line)
  if (isRecord(message.QMP)) return {kind: 'greeting'}
  if (typeof message.event === 'string')
    return {kind: 'event', event: {name: message.event, data: isRecord(message.data) ? message.data : {}}}
  if (typeof message.id !== 'number') throw new EngineError('ERR_QMP_PROTOCOL', `message without id: ${excerpt(line)}`)
  if ('return' in message) return {kind: 'return', id: message.id, value: message.return}
  if (isRecord(message.error)) {
    return {
      kind: 'error',
      id: message.id,
      class: String(message.error.class),
      description: String(message.error.desc),
    }
  }
  throw new EngineError('ERR_QMP_PROTOCOL', `unknown message: ${excerpt(line)}`)
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseObject(line: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (cause) {
    throw new EngineError('ERR_QMP_PROTOCOL', `not JSON: ${excerpt(line)}`, {cause})
  }
  if (!isRecord(value)) throw new EngineError('ERR_QMP_PROTOCOL', `not an object: ${excerpt(line)}`)
  return value
}

function excerpt(line: string): string {
  return JSON.stringify(line.slice(0, 120))
}
