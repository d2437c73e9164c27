import type {KnownTypes} from './go-type.ts'
import {kindOf, typeName} from './go-value.ts'
import {FunctionError} from './template-error.ts'

/** Go's `eq`: true when the first equals any of the others. */
export function equalsAny(first: unknown, others: readonly unknown[], types: KnownTypes): boolean {
  if (others.length === 0) throw new FunctionError('missing argument for comparison')
  return others.some((other) => equals(first, other, types))
}

export function equals(left: unknown, right: unknown, types: KnownTypes): boolean {
  if (left === null || left === undefined || right === null || right === undefined)
    return (left ?? null) === (right ?? null)
  const kinds = [basicKind(left, types), basicKind(right, types)]
  if (kinds[0] !== kinds[1]) throw new FunctionError('incompatible types for comparison')
  if (kinds[0] === 'other') {
    if (kindOf(left, types) === 'slice' || kindOf(left, types) === 'map')
      throw new FunctionError(`non-comparable type ${String(left)}: ${typeName(left, types)}`)
    return left === right
  }
  // biome-ignore lint/suspicious/noDoubleEquals: an int may be a number on one side and a bigint on the other
  return left == right
}

/** Go's `lt`. */
export function isLess(left: unknown, right: unknown, types: KnownTypes): boolean {
  const kinds = [basicKind(left, types), basicKind(right, types)]
  if (kinds[0] !== kinds[1]) throw new FunctionError('incompatible types for comparison')
  if (kinds[0] === 'bool' || kinds[0] === 'other') throw new FunctionError('invalid type for comparison')
  return (left as number) < (right as number)
}

function basicKind(value: unknown, types: KnownTypes): 'bool' | 'int' | 'float' | 'string' | 'other' {
  const kind = kindOf(value, types)
  return kind === 'bool' || kind === 'int' || kind === 'float' || kind === 'string' ? kind : 'other'
}
