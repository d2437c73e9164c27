export type TokenKind =
  | 'error'
  | 'bool'
  | 'char'
  | 'charConstant'
  | 'assign'
  | 'declare'
  | 'eof'
  | 'field'
  | 'identifier'
  | 'leftDelim'
  | 'leftParen'
  | 'number'
  | 'pipe'
  | 'rawString'
  | 'rightDelim'
  | 'rightParen'
  | 'space'
  | 'string'
  | 'text'
  | 'variable'
  | 'dot'
  | 'keyword'

export interface Token {
  readonly kind: TokenKind
  /** Offset in the template text, in UTF-16 units. */
  readonly position: number
  readonly line: number
  /** The text as written; for `error` the message. */
  readonly text: string
}

export const keywords: ReadonlySet<string> = new Set([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'range',
  'nil',
  'template',
  'with',
])

/** How parse errors name a token. */
export function describeToken(token: Token): string {
  if (token.kind === 'eof') return 'EOF'
  if (token.kind === 'error') return token.text
  if (token.kind === 'keyword' || token.kind === 'dot') return `<${token.text}>`
  if (token.text.length > 10) return `${JSON.stringify(token.text.slice(0, 10))}...`
  return JSON.stringify(token.text)
}
