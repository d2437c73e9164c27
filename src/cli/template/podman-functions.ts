import {goJson} from '../go-json.ts'
import type {FunctionTable} from './function.ts'
import {kindOf, TypedNil} from './go-value.ts'
import {FunctionError} from './template-error.ts'

/** The functions that podman adds to Go's. @see containers/common pkg/report */
export const podmanFunctions: FunctionTable = {
  join: {parameters: ['[]string', 'string'], call: ([list, separator]) => strings(list).join(String(separator))},
  json: {
    parameters: ['any'],
    call: ([value], types) => goJson(jsonForm(value), undefined, kindOf(value, types) === 'map'),
  },
  lower: {parameters: ['string'], call: ([text]) => String(text).toLowerCase()},
  upper: {parameters: ['string'], call: ([text]) => String(text).toUpperCase()},
  title: {parameters: ['string'], call: ([text]) => title(String(text))},
  split: {parameters: ['string', 'string'], call: ([text, separator]) => split(String(text), String(separator))},
  pad: {
    parameters: ['string', 'int', 'int'],
    call: ([text, before, after]) => (text === '' ? '' : repeat(before) + String(text) + repeat(after)),
  },
  truncate: {
    parameters: ['string', 'int'],
    call: ([text, length]) => Buffer.from(String(text)).subarray(0, Number(length)).toString(),
  },
}

function strings(list: unknown): readonly string[] {
  return list instanceof TypedNil ? [] : (list as readonly string[])
}

function title(text: string): string {
  return text.replace(
    /(^|[^\p{L}\p{Nd}_'])(\p{L})/gu,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  )
}

function split(text: string, separator: string): string[] {
  return separator === '' ? [...text] : text.split(separator)
}

function repeat(count: unknown): string {
  if (Number(count) < 0) throw new FunctionError('strings: negative Repeat count')
  return ' '.repeat(Number(count))
}

/** A row of a listing knows itself what it is as JSON: its fields are getters, which JSON does not see. */
function jsonForm(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('json' in value)) return value
  return typeof value.json === 'function' ? value.json() : value.json
}
