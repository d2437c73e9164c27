import type {GoField, GoStruct, GoType} from './go-type.ts'

/** Words for the types of documents whose empty fields JSON leaves out. A field left out has its zero value, as in Go. */
export const text: GoType = {kind: 'scalar', name: 'string', zero: ''}
export const number: GoType = {kind: 'scalar', name: 'int64', zero: 0}
export const flag: GoType = {kind: 'scalar', name: 'bool', zero: false}
export const time: GoType = {kind: 'time'}
export const duration: GoType = {kind: 'duration'}
export const map: GoType = {kind: 'map'}
/** `map[string]struct{}`: only its keys say something. */
export const set: GoType = {kind: 'map', element: {kind: 'struct', fields: {}}}
export const slice: GoType = {kind: 'slice'}

export function pointer(name: string): GoType {
  return {kind: 'scalar', name: `*${name}`}
}

/** @param keys the JSON key of each field where it is not the field's name */
export function struct(
  fields: Readonly<Record<string, GoType>>,
  name?: string,
  keys: Readonly<Record<string, string>> = {},
): GoStruct {
  const typed = Object.entries(fields).map(([field, type]): [string, GoField] => [field, {type, key: keys[field]}])
  const renamed = Object.entries(keys).map(([field, key]): [string, GoField] => [field, {type: fields[field], key}])
  return {kind: 'struct', name, fields: Object.fromEntries([...typed, ...renamed])}
}
