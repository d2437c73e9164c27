import {EngineError} from '../../errors/index.ts'
import {applyModifier} from './parameter.ts'

export type Variables = Readonly<Record<string, string>>

interface Cursor {
  readonly text: string
  readonly variables: Variables
  readonly escapeChar: string
  readonly keepsEscapes?: boolean
  position: number
}

/** One word: quotes taken off, variables replaced, blanks kept. @throws ERR_CONTAINERFILE */
export function expandWord(
  text: string,
  variables: Variables,
  escapeChar = '\\',
  options: {readonly keepsEscapes?: boolean} = {},
): string {
  const cursor = {text, variables, escapeChar, position: 0, ...options}
  let result = ''
  while (cursor.position < text.length) result += readPiece(cursor).text
  return result
}

/** Words parted at blanks outside quotes; what an unquoted variable brings is parted too. @throws ERR_CONTAINERFILE */
export function expandWords(text: string, variables: Variables, escapeChar = '\\'): readonly string[] {
  const cursor = {text, variables, escapeChar, position: 0}
  const words: string[] = []
  let current: string | undefined
  while (cursor.position < text.length) {
    if (/\s/.test(cursor.text[cursor.position] ?? '')) {
      if (current !== undefined) words.push(current)
      current = undefined
      cursor.position++
      continue
    }
    const piece = readPiece(cursor)
    if (!piece.splits) current = (current ?? '') + piece.text
    else {
      const [first = '', ...more] = piece.text.split(/\s+/)
      if (first !== '') current = (current ?? '') + first
      for (const part of more) {
        if (current !== undefined) words.push(current)
        current = part === '' ? undefined : part
      }
    }
  }
  return current === undefined ? words : [...words, current]
}

/** Splits at blanks outside quotes and leaves quotes and variables as they are. */
export function splitWords(text: string, escapeChar = '\\'): readonly string[] {
  const words = text.match(escapeChar === '`' ? BACKTICK_WORDS : BACKSLASH_WORDS)
  return words ?? []
}

const BACKSLASH_WORDS = /(?:"(?:\\[\s\S]|[^"\\])*"|'[^']*'|\\[\s\S]|[^\s"'\\])+/g
const BACKTICK_WORDS = /(?:"(?:`[\s\S]|[^"`])*"|'[^']*'|`[\s\S]|[^\s"'`])+/g

/** A character, a quoted part or a variable. `splits`: unquoted text of a variable, which may fall into words. */
function readPiece(cursor: Cursor): {text: string; splits: boolean} {
  const character = cursor.text[cursor.position] ?? ''
  if (character === "'") return {text: readSingleQuoted(cursor), splits: false}
  if (character === '"') return {text: readDoubleQuoted(cursor), splits: false}
  if (character === '$') return {text: readVariable(cursor), splits: true}
  const isEscape = character === cursor.escapeChar && cursor.position + 1 < cursor.text.length
  if (isEscape) cursor.position++
  const escaped = cursor.text[cursor.position++] ?? ''
  return {text: isEscape && cursor.keepsEscapes ? character + escaped : escaped, splits: false}
}

function readSingleQuoted(cursor: Cursor): string {
  const end = cursor.text.indexOf("'", cursor.position + 1)
  if (end < 0)
    throw new EngineError('ERR_CONTAINERFILE', 'unexpected end of statement while looking for matching single-quote')
  const text = cursor.text.slice(cursor.position + 1, end)
  cursor.position = end + 1
  return text
}

/** Within double quotes the escape stands before `"`, `$` and itself only. */
function readDoubleQuoted(cursor: Cursor): string {
  let result = ''
  cursor.position++
  for (;;) {
    const character = cursor.text[cursor.position]
    if (character === undefined)
      throw new EngineError('ERR_CONTAINERFILE', 'unexpected end of statement while looking for matching double-quote')
    if (character === '"') break
    if (character === '$') {
      result += readVariable(cursor)
      continue
    }
    const next = cursor.text[cursor.position + 1]
    if (character === cursor.escapeChar && next !== undefined && ['"', '$', cursor.escapeChar].includes(next))
      cursor.position++
    result += cursor.text[cursor.position++]
  }
  cursor.position++
  return result
}

/** `$NAME`, `${NAME}` or `${NAME` and a modifier `}`; a `$` before anything else is itself. */
function readVariable(cursor: Cursor): string {
  const rest = cursor.text.slice(cursor.position + 1)
  const plain = /^(\w+|[@*#])/.exec(rest)
  if (plain) {
    cursor.position += 1 + plain[0].length
    return lookUp(cursor, plain[0]) ?? ''
  }
  if (!rest.startsWith('{')) {
    cursor.position++
    return '$'
  }
  const name = /^\{(\w+)/.exec(rest)?.[1]
  if (!name) throw new EngineError('ERR_CONTAINERFILE', `syntax error: bad substitution in "${cursor.text}"`)
  cursor.position += 2 + name.length
  return readBraced(cursor, name)
}

function readBraced(cursor: Cursor, name: string): string {
  const start = cursor.position
  for (let depth = 1; depth > 0; cursor.position++) {
    const character = cursor.text[cursor.position]
    if (character === undefined)
      throw new EngineError('ERR_CONTAINERFILE', `syntax error: missing '}' in "${cursor.text}"`)
    if (character === cursor.escapeChar) cursor.position++
    else if (character === '{' && cursor.text[cursor.position - 1] === '$') depth++
    else if (character === '}') depth--
  }
  const modifier = cursor.text.slice(start, cursor.position - 1)
  const expand = (word: string, options?: {readonly keepsEscapes: boolean}) =>
    expandWord(word, cursor.variables, cursor.escapeChar, options)
  return applyModifier(name, lookUp(cursor, name), modifier, expand)
}

function lookUp(cursor: Cursor, name: string): string | undefined {
  return Object.hasOwn(cursor.variables, name) ? cursor.variables[name] : undefined
}
