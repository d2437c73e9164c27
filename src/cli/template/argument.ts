import type {ParameterType} from './function.ts'
import type {KnownTypes} from './go-type.ts'
import {kindOf, TypedNil, typeName} from './go-value.ts'
import {nodeText, type Operand} from './nodes.ts'

/** Why a literal cannot be given to a parameter of this type, as Go words it; undefined when it can. */
export function literalArgument(operand: Operand, type: ParameterType): string | undefined {
  if (type === 'any') return undefined
  if (operand.kind === 'nil') return type === '[]string' ? undefined : `cannot assign nil to ${type}`
  if (operand.kind !== 'bool' && operand.kind !== 'number' && operand.kind !== 'string') return undefined
  if (type === '[]string') return `can't handle ${nodeText(operand)} for arg of type []string`
  if (type === 'string') return operand.kind === 'string' ? undefined : `expected string; found ${nodeText(operand)}`
  const integer = operand.kind === 'number' && Number.isInteger(Number(operand.value))
  return integer ? undefined : `expected integer; found ${nodeText(operand)}`
}

/** Why a value cannot be given to a parameter of this type; undefined when it can. */
export function checkArgument(value: unknown, type: ParameterType, types: KnownTypes): string | undefined {
  if (fits(value, type, types)) return undefined
  if (value === undefined) return `invalid value; expected ${type}`
  return `wrong type for value; expected ${type}; got ${typeName(value, types)}`
}

function fits(value: unknown, type: ParameterType, types: KnownTypes): boolean {
  switch (type) {
    case 'any':
      return true
    case 'string':
      return typeof value === 'string'
    case 'int':
      return kindOf(value, types) === 'int'
    case '[]string':
      if (value instanceof TypedNil) return value.type.kind === 'slice'
      return value === null || (Array.isArray(value) && value.every((item) => typeof item === 'string'))
  }
}
