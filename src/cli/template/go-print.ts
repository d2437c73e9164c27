import {GoDuration} from './go-duration.ts'
import {GoTime} from './go-time.ts'
import type {KnownTypes} from './go-type.ts'
import {kindOf, mapEntries, TypedNil, typed} from './go-value.ts'

/** A value as a template prints it. */
export function printValue(value: unknown, types: KnownTypes): string {
  return value === undefined ? '<no value>' : formatValue(value, types)
}

export interface ValueStyle {
  /** `%+v`: struct fields with their names. */
  readonly names?: boolean
  /** How scalars inside are written (`%q`, `%x` on a slice); `%v` when absent. */
  readonly scalar?: (value: unknown) => string
}

/** Go's `%v`: `[a b]`, `map[k:v]`, `{a b}`, `<nil>`. */
export function formatValue(value: unknown, types: KnownTypes, style: ValueStyle = {}): string {
  const inner = (item: unknown): string => formatValue(item, types, style)
  if (value instanceof GoTime || value instanceof GoDuration) return value.String()
  switch (kindOf(value, types)) {
    case 'invalid':
    case 'nil':
      return '<nil>'
    case 'slice':
      return `[${listItems(value, types).map(inner).join(' ')}]`
    case 'map':
      return `map[${
        value instanceof TypedNil
          ? ''
          : mapEntries(value as object, types)
              .map(([key, entry]) => `${key}:${inner(entry)}`)
              .join(' ')
      }]`
    case 'struct':
      return formatStruct(value as object, types, style)
    case 'func':
      return '0x1'
    default:
      return style.scalar ? style.scalar(value) : formatScalar(value)
  }
}

export function listItems(value: unknown, types: KnownTypes): unknown[] {
  if (!Array.isArray(value)) return []
  const type = types.get(value)
  return value.map((item) => typed(item, type?.kind === 'slice' ? type.element : undefined, types))
}

function formatStruct(value: object, types: KnownTypes, style: ValueStyle): string {
  const type = types.get(value)
  const fields = type?.kind === 'struct' ? type.fields : undefined
  const typeOfKey = new Map(Object.entries(fields ?? {}).map(([name, field]) => [field.key ?? name, field.type]))
  const parts = Object.entries(value)
    .filter(([, field]) => typeof field !== 'function')
    .map(([key, field]) => {
      const text = formatValue(typed(field, typeOfKey.get(key), types), types, style)
      return style.names ? `${key}:${text}` : text
    })
  return `{${parts.join(' ')}}`
}

function formatScalar(value: unknown): string {
  return typeof value === 'number' ? formatNumber(value) : String(value)
}

/** Go's %v of a float uses an exponent from 1e21 up, as JavaScript does, but writes it with two digits. */
export function formatNumber(value: number): string {
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2')
}
