import {GoDuration} from './go-duration.ts'
import {GoTime} from './go-time.ts'
import {type FieldLookup, type GoStruct, type GoType, type KnownTypes, lookUpField} from './go-type.ts'

/** A nil slice, map or pointer whose type is known: prints and counts as empty, serialises as null. */
export class TypedNil {
  readonly type: GoType

  constructor(type: GoType) {
    this.type = type
  }

  toJSON(): null {
    return null
  }
}

/** Thrown by `fieldOf`; the evaluator adds where. */
export class FieldError extends Error {}

/** The field, map entry or method `name`; `undefined` is Go's missing map entry. @throws FieldError */
export function fieldOf(value: unknown, name: string, types: KnownTypes): unknown {
  if (value === undefined) return undefined
  if (value === null) throw new FieldError(`nil pointer evaluating interface {}.${name}`)
  if (value instanceof TypedNil) return fieldOfNil(value, name)
  if (value instanceof Map) return value.get(name)
  if (typeof value !== 'object' || Array.isArray(value)) throw noField(value, name, types)
  if (isLookup(value)) return value[lookUpField](name) ?? fail(noField(value, name, types))
  const type = types.get(value) ?? guessType(value)
  if (type.kind === 'map') return typed(ownValue(value, name), type.element, types)
  return structField(value, name, type.kind === 'struct' ? type : {kind: 'struct'}, types)
}

function fieldOfNil(value: TypedNil, name: string): undefined {
  if (value.type.kind === 'map') return undefined
  throw new FieldError(`nil pointer evaluating ${declaredName(value.type)}.${name}`)
}

function structField(value: object, name: string, type: GoStruct, types: KnownTypes): unknown {
  const field = type.fields?.[name]
  const key = field?.key ?? (name in value ? name : (sameNameWithoutCase(value, name) ?? (field && name)))
  if (key === undefined || !/^\p{Lu}/u.test(name)) throw noField(value, name, types)
  const found = (value as Record<string, unknown>)[key]
  if (found === undefined && !field) throw noField(value, name, types)
  return typeof found === 'function' ? found.bind(value) : typed(found, field?.type, types)
}

/** Go's `HostConfig.CgroupManager` is JSON's `cgroupManager`, its `ID` is `Id`: only one of them is a key here. */
function sameNameWithoutCase(value: object, name: string): string | undefined {
  return Object.keys(value).find((key) => key.toLowerCase() === name.toLowerCase())
}

/** `value` as its Go type sees it. */
export function typed(value: unknown, type: GoType | undefined, types: KnownTypes): unknown {
  if (type?.kind === 'time' && (typeof value === 'string' || value instanceof Date)) return new GoTime(value)
  if (value instanceof Date) return new GoTime(value)
  if (type?.kind === 'duration') return new GoDuration(Number(value ?? 0))
  if (type && (value === null || value === undefined)) return zeroOf(type)
  types.set(value, type)
  return value
}

function zeroOf(type: GoType): unknown {
  return type.kind === 'scalar' && type.zero !== undefined ? type.zero : new TypedNil(type)
}

export function elementOf(list: readonly unknown[], index: number, types: KnownTypes): unknown {
  const type = types.get(list)
  return typed(list[index], type?.kind === 'slice' ? type.element : undefined, types)
}

/** The entries of a map, in the order in which Go prints and ranges over them. */
export function mapEntries(value: object, types: KnownTypes): [string | number, unknown][] {
  const type = types.get(value)
  const element = type?.kind === 'map' ? type.element : undefined
  const entries: [string | number, unknown][] = value instanceof Map ? [...value] : Object.entries(value)
  return entries
    .map(([key, entry]): [string | number, unknown] => [key, typed(entry, element, types)])
    .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
}

export type Kind = 'invalid' | 'nil' | 'bool' | 'int' | 'float' | 'string' | 'slice' | 'map' | 'struct' | 'func'

export function kindOf(value: unknown, types: KnownTypes): Kind {
  switch (typeof value) {
    case 'undefined':
      return 'invalid'
    case 'boolean':
      return 'bool'
    case 'bigint':
      return 'int'
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float'
    case 'string':
      return 'string'
    case 'function':
      return 'func'
  }
  if (value === null) return 'nil'
  if (value instanceof TypedNil)
    return value.type.kind === 'slice' || value.type.kind === 'map' ? value.type.kind : 'nil'
  if (Array.isArray(value)) return 'slice'
  if (value instanceof Map) return 'map'
  return (types.get(value) ?? guessType(value as object)).kind === 'map' ? 'map' : 'struct'
}

/** Go's name of the value's type, as error messages and %T show it. */
export function typeName(value: unknown, types: KnownTypes): string {
  const known = value instanceof TypedNil ? value.type : types.get(value)
  if (known && 'name' in known && known.name) return known.name
  if (value instanceof GoTime) return 'time.Time'
  if (value instanceof GoDuration) return 'time.Duration'
  switch (kindOf(value, types)) {
    case 'invalid':
    case 'nil':
      return '<nil>'
    case 'float':
      return 'float64'
    case 'slice':
      return `[]${commonType(Array.isArray(value) ? value : [], types)}`
    case 'map':
      return `map[string]${
        value instanceof TypedNil
          ? 'string'
          : commonType(
              mapEntries(value as object, types).map(([, entry]) => entry),
              types,
            )
      }`
    default:
      return kindOf(value, types)
  }
}

function commonType(values: readonly unknown[], types: KnownTypes): string {
  const names = new Set(values.map((value) => typeName(value, types)))
  const [name = 'string'] = names
  return names.size > 1 ? 'interface {}' : name
}

/** Go's truth: not the zero value, not empty. */
export function isTrue(value: unknown, types: KnownTypes): boolean {
  if (value instanceof TypedNil) return false
  switch (kindOf(value, types)) {
    case 'slice':
      return (value as readonly unknown[]).length > 0
    case 'map':
      return mapEntries(value as object, types).length > 0
    case 'struct':
      return true
    default:
      return Boolean(value)
  }
}

function noField(value: unknown, name: string, types: KnownTypes): FieldError {
  return new FieldError(`can't evaluate field ${name} in type ${typeName(value, types)}`)
}

function declaredName(type: GoType): string {
  return ('name' in type && type.name) || type.kind
}

function isLookup(value: object): value is FieldLookup {
  return lookUpField in value
}

function ownValue(value: object, key: string): unknown {
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined
}

const exportedName = /^\p{Lu}[\p{L}\p{Nd}_]*$/u

/** Class instances are structs; a plain object is one when each key could be an exported field. */
function guessType(value: object): GoType {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return {kind: 'struct'}
  const keys = Object.keys(value)
  return keys.length > 0 && keys.every((key) => exportedName.test(key)) ? {kind: 'struct'} : {kind: 'map'}
}

function fail(error: Error): never {
  throw error
}
