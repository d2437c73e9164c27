import type {KnownTypes} from './go-type.ts'
import {elementOf, kindOf, mapEntries, TypedNil, typeName} from './go-value.ts'
import {FunctionError} from './template-error.ts'

/** Go's `index`: `index x 1 2` is x[1][2]; a missing map entry is the zero value. */
export function indexInto(value: unknown, keys: readonly unknown[], types: KnownTypes): unknown {
  return keys.reduce((item, key) => indexOnce(item, key, types), value)
}

function indexOnce(value: unknown, key: unknown, types: KnownTypes): unknown {
  switch (kindOf(value, types)) {
    case 'string': {
      const bytes = Buffer.from(value as string)
      return bytes[checkedIndex(key, bytes.length - 1, types)]
    }
    case 'slice': {
      const list = Array.isArray(value) ? value : []
      return elementOf(list, checkedIndex(key, list.length - 1, types), types)
    }
    case 'map':
      return mapEntry(value as object, key, types)
    case 'invalid':
    case 'nil':
      throw new FunctionError('index of untyped nil')
    default:
      throw new FunctionError(`can't index item of type ${typeName(value, types)}`)
  }
}

function mapEntry(value: object, key: unknown, types: KnownTypes): unknown {
  const entries = value instanceof TypedNil ? [] : mapEntries(value, types)
  const found = entries.find(([name]) => name === key)
  if (found) return found[1]
  if (typeof key !== 'string' && !(value instanceof Map))
    throw new FunctionError(`value has type ${typeName(key, types)}; should be string`)
  return zeroLike(entries[0]?.[1], types)
}

function zeroLike(value: unknown, types: KnownTypes): unknown {
  switch (kindOf(value, types)) {
    case 'bool':
      return false
    case 'int':
    case 'float':
      return 0
    case 'slice':
      return []
    case 'struct':
    case 'map':
    case 'nil':
      return undefined
    default:
      return ''
  }
}

function checkedIndex(key: unknown, last: number, types: KnownTypes): number {
  if (kindOf(key, types) === 'nil') throw new FunctionError('cannot index slice/array with nil')
  if (kindOf(key, types) !== 'int')
    throw new FunctionError(`cannot index slice/array with type ${typeName(key, types)}`)
  const index = Number(key)
  if (index < 0 || index > last) throw new FunctionError(`index out of range: ${index}`)
  return index
}

/** Go's `slice`: `slice x 1 2` is x[1:2]. */
export function sliceOf(value: unknown, bounds: readonly unknown[], types: KnownTypes): unknown {
  if (bounds.length > 3) throw new FunctionError(`too many slice indexes: ${bounds.length}`)
  const items = sliceable(value, bounds.length, types)
  const [from = 0, to = items.length] = bounds.map((bound) => checkedIndex(bound, items.length, types))
  if (from > to) throw new FunctionError(`invalid slice index: ${from} > ${to}`)
  return Buffer.isBuffer(items) ? items.subarray(from, to).toString() : items.slice(from, to)
}

function sliceable(value: unknown, bounds: number, types: KnownTypes): Buffer | unknown[] {
  const kind = kindOf(value, types)
  if (kind === 'string') {
    if (bounds === 3) throw new FunctionError('cannot 3-index slice a string')
    return Buffer.from(value as string)
  }
  if (kind === 'nil' || kind === 'invalid') throw new FunctionError('slice of untyped nil')
  if (kind !== 'slice') throw new FunctionError(`can't slice item of type ${typeName(value, types)}`)
  return Array.isArray(value) ? value : []
}

/** Go's `len`. */
export function lengthOf(value: unknown, types: KnownTypes): number {
  if (value instanceof TypedNil) return 0
  switch (kindOf(value, types)) {
    case 'string':
      return Buffer.byteLength(value as string)
    case 'slice':
      return (value as readonly unknown[]).length
    case 'map':
      return mapEntries(value as object, types).length
    case 'nil':
    case 'invalid':
      throw new FunctionError('len of nil pointer')
    default:
      throw new FunctionError(`len of type ${typeName(value, types)}`)
  }
}
