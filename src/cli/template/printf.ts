import {formatNumber, formatValue, listItems} from './go-print.ts'
import type {KnownTypes} from './go-type.ts'
import {kindOf, mapEntries, typeName} from './go-value.ts'

interface Directive {
  readonly verb: string
  readonly minus: boolean
  readonly plus: boolean
  readonly sharp: boolean
  readonly space: boolean
  readonly zero: boolean
  readonly width?: number
  readonly precision?: number
}

/** Go's fmt.Sprintf over JavaScript values, with its marks for wrong verbs and missing or extra arguments. */
export function sprintf(format: string, args: readonly unknown[], types: KnownTypes): string {
  let next = 0
  const text = format.replace(
    directivePattern,
    (match, flags: string, width = '', precision: string | undefined, verb = '') => {
      if (match === '%%' || verb === '%') return '%'
      if (verb === '') return '%!(NOVERB)'
      const star = (part: string | undefined): number | undefined =>
        part === '*' ? Number(args[next++]) : part === undefined || part === '' ? undefined : Number(part)
      const directive: Directive = {
        verb,
        minus: flags.includes('-'),
        plus: flags.includes('+'),
        sharp: flags.includes('#'),
        space: flags.includes(' '),
        zero: flags.includes('0'),
        width: star(width),
        precision: precision === '' ? 0 : star(precision),
      }
      if (next >= args.length) return `%!${verb}(MISSING)`
      return formatArgument(directive, args[next++], types)
    },
  )
  if (next >= args.length) return text
  const extra = args
    .slice(next)
    .map((arg) => (arg === null || arg === undefined ? '<nil>' : `${typeName(arg, types)}=${formatValue(arg, types)}`))
  return `${text}%!(EXTRA ${extra.join(', ')})`
}

const directivePattern = /%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d*))?(.)?/gsu

function formatArgument(directive: Directive, value: unknown, types: KnownTypes): string {
  const {verb} = directive
  if (verb === 'T') return pad(typeName(value, types), directive)
  if (verb === 'v' && directive.sharp) return pad(goSyntax(value, types), directive)
  if (value === null || value === undefined) return verb === 'v' ? pad('<nil>', directive) : `%!${verb}(<nil>)`
  const kind = kindOf(value, types)
  if (verb === 'v') return pad(formatValue(value, types, {names: directive.plus}), directive)
  if (kind === 'slice' || kind === 'map' || kind === 'struct')
    return formatValue(value, types, {scalar: (item) => formatArgument(directive, item, types)})
  return formatScalar(directive, value, types) ?? `%!${verb}(${typeName(value, types)}=${formatValue(value, types)})`
}

function formatScalar(directive: Directive, value: unknown, types: KnownTypes): string | undefined {
  switch (kindOf(value, types)) {
    case 'bool':
      return directive.verb === 't' ? pad(String(value), directive) : undefined
    case 'string':
      return formatString(directive, value as string)
    case 'int':
      return formatInteger(directive, BigInt(value as number | bigint))
    case 'float':
      return formatFloat(directive, value as number)
    default:
      return undefined
  }
}

function formatString(directive: Directive, value: string): string | undefined {
  const shown = directive.precision === undefined ? value : [...value].slice(0, directive.precision).join('')
  switch (directive.verb) {
    case 's':
      return pad(shown, directive)
    case 'q':
      return pad(quote(shown), directive)
    case 'x':
      return pad(Buffer.from(shown).toString('hex'), directive)
    case 'X':
      return pad(Buffer.from(shown).toString('hex').toUpperCase(), directive)
    default:
      return undefined
  }
}

const bases: Readonly<Record<string, readonly [radix: number, prefix: string]>> = {
  d: [10, ''],
  b: [2, '0b'],
  o: [8, '0'],
  O: [8, '0o'],
  x: [16, '0x'],
  X: [16, '0X'],
}

function formatInteger(directive: Directive, value: bigint): string | undefined {
  const {verb} = directive
  if (verb === 'c') return pad(String.fromCodePoint(Number(value)), directive)
  if (verb === 'q') return pad(`'${String.fromCodePoint(Number(value))}'`, directive)
  if (verb === 'U') return pad(`U+${value.toString(16).toUpperCase().padStart(4, '0')}`, directive)
  if ('eEfFgG'.includes(verb)) return undefined
  const base = bases[verb]
  if (!base) return undefined
  const [radix, prefix] = base
  const digits = (value < 0n ? -value : value).toString(radix)
  const cased = (verb === 'X' ? digits.toUpperCase() : digits).padStart(directive.precision ?? 0, '0')
  return padNumber(value < 0n, `${directive.sharp || verb === 'O' ? prefix : ''}${cased}`, directive)
}

function formatFloat(directive: Directive, value: number): string | undefined {
  const magnitude = Math.abs(value)
  const {verb, precision} = directive
  const digits = (): string | undefined => {
    if (verb === 'f' || verb === 'F') return magnitude.toFixed(precision ?? 6)
    if (verb === 'e' || verb === 'E') return exponent(magnitude.toExponential(precision ?? 6))
    if (verb === 'g' || verb === 'G')
      return precision === undefined
        ? formatNumber(magnitude)
        : exponent(String(Number(magnitude.toPrecision(precision || 1))))
    return undefined
  }
  const text = digits()
  return text === undefined
    ? undefined
    : padNumber(value < 0, verb === verb.toUpperCase() ? text.toUpperCase() : text, directive)
}

function exponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2')
}

function padNumber(negative: boolean, digits: string, directive: Directive): string {
  const sign = negative ? '-' : directive.plus ? '+' : directive.space ? ' ' : ''
  if (!directive.zero || directive.minus) return pad(sign + digits, directive)
  return sign + digits.padStart((directive.width ?? 0) - sign.length, '0')
}

function pad(text: string, {width = 0, minus, zero}: Directive): string {
  const missing = Math.max(0, Math.abs(width) - [...text].length)
  if (minus || width < 0) return text + ' '.repeat(missing)
  return (zero ? '0' : ' ').repeat(missing) + text
}

/** Go's %q. */
export function quote(text: string): string {
  return JSON.stringify(text)
    .replace(/\\u00([0-9a-f]{2})/g, (_, hex: string) => (hex === '07' ? '\\a' : hex === '0b' ? '\\v' : `\\x${hex}`))
    .replaceAll('\x7f', '\\x7f')
}

/** Go's %#v for the values that templates meet. */
function goSyntax(value: unknown, types: KnownTypes): string {
  switch (kindOf(value, types)) {
    case 'invalid':
    case 'nil':
      return '<nil>'
    case 'string':
      return quote(value as string)
    case 'slice':
      return `${typeName(value, types)}{${listItems(value, types)
        .map((item) => goSyntax(item, types))
        .join(', ')}}`
    case 'map': {
      const entries = mapEntries(value as object, types)
      return `${typeName(value, types)}{${entries.map(([key, entry]) => `${quote(String(key))}:${goSyntax(entry, types)}`).join(', ')}}`
    }
    default:
      return formatValue(value, types, {names: true})
  }
}
