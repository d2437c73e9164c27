import {equals, equalsAny, isLess} from './comparison.ts'
import {escapeHtml, escapeQuery, escapeScript} from './escape.ts'
import type {FunctionTable, TemplateFunction} from './function.ts'
import {formatValue} from './go-print.ts'
import type {KnownTypes} from './go-type.ts'
import {isTrue, kindOf, typeName} from './go-value.ts'
import {indexInto, lengthOf, sliceOf} from './indexing.ts'
import {sprintf} from './printf.ts'
import {FunctionError} from './template-error.ts'

/** The functions every Go template has. `and` and `or` stop early, so the evaluator runs them itself. */
export const builtinFunctions: FunctionTable = {
  and: {parameters: ['any'], variadic: 'any', call: (args, types) => firstOrLast(args, (arg) => !isTrue(arg, types))},
  or: {parameters: ['any'], variadic: 'any', call: (args, types) => firstOrLast(args, (arg) => isTrue(arg, types))},
  not: {parameters: ['any'], call: ([value], types) => !isTrue(value, types)},
  call: {parameters: ['any'], variadic: 'any', call: ([target, ...args], types) => callValue(target, args, types)},
  index: {parameters: ['any'], variadic: 'any', call: ([value, ...keys], types) => indexInto(value, keys, types)},
  slice: {parameters: ['any'], variadic: 'any', call: ([value, ...bounds], types) => sliceOf(value, bounds, types)},
  len: {parameters: ['any'], call: ([value], types) => lengthOf(value, types)},
  print: {parameters: [], variadic: 'any', call: sprint},
  println: {
    parameters: [],
    variadic: 'any',
    call: (args, types) => `${args.map((arg) => formatValue(arg, types)).join(' ')}\n`,
  },
  printf: {
    parameters: ['string'],
    variadic: 'any',
    call: ([format, ...args], types) => sprintf(String(format), args, types),
  },
  html: {parameters: [], variadic: 'any', call: (args, types) => escapeHtml(joined(args, types))},
  js: {parameters: [], variadic: 'any', call: (args, types) => escapeScript(joined(args, types))},
  urlquery: {parameters: [], variadic: 'any', call: (args, types) => escapeQuery(joined(args, types))},
  eq: {parameters: ['any'], variadic: 'any', call: ([first, ...others], types) => equalsAny(first, others, types)},
  ne: comparison((left, right, types) => !equals(left, right, types)),
  lt: comparison(isLess),
  le: comparison((left, right, types) => isLess(left, right, types) || equals(left, right, types)),
  gt: comparison((left, right, types) => !isLess(left, right, types) && !equals(left, right, types)),
  ge: comparison((left, right, types) => !isLess(left, right, types)),
}

function comparison(compare: (left: unknown, right: unknown, types: KnownTypes) => boolean): TemplateFunction {
  return {parameters: ['any', 'any'], call: ([left, right], types) => compare(left, right, types)}
}

function firstOrLast(args: readonly unknown[], stops: (arg: unknown) => boolean): unknown {
  return args.find(stops) ?? args.at(-1)
}

function callValue(target: unknown, args: readonly unknown[], types: KnownTypes): unknown {
  if (kindOf(target, types) === 'nil') throw new FunctionError('call of nil')
  if (typeof target !== 'function') throw new FunctionError(`non-function of type ${typeName(target, types)}`)
  return target(...args)
}

/** fmt.Sprint: a space between two neighbours when neither is a string. */
function sprint(args: readonly unknown[], types: KnownTypes): string {
  return args
    .map((arg, index) => {
      const apart = index > 0 && typeof arg !== 'string' && typeof args[index - 1] !== 'string'
      return `${apart ? ' ' : ''}${formatValue(arg, types)}`
    })
    .join('')
}

function joined(args: readonly unknown[], types: KnownTypes): string {
  return args.length === 1 && typeof args[0] === 'string' ? args[0] : sprint(args, types)
}
