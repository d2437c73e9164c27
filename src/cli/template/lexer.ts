import {keywords, type Token, type TokenKind} from './token.ts'

/**
 * Splits a template into tokens. The last token is `eof` or, where the text is not valid, `error`: the parser reports
 * it only when it gets there, so that an earlier mistake is told first, as Go does.
 *
 * @see https://pkg.go.dev/text/template, "Text and spaces" for the trim markers
 */
export function tokenize(text: string): Token[] {
  return new Lexer(text).run()
}

const spaces = ' \t\r\n'
const wordCharacter = /[\p{L}\p{Nd}_]/u
const terminators = new Set(['', '.', ',', '|', ':', ')', '('])

class Lexer {
  readonly #text: string
  readonly #tokens: Token[] = []
  #position = 0
  #start = 0
  #line = 1
  #parentheses = 0

  constructor(text: string) {
    this.#text = text
  }

  run(): Token[] {
    while (this.#outsideAction() && this.#insideAction());
    return this.#tokens
  }

  /** Text up to the next action; false at the end of the template. */
  #outsideAction(): boolean {
    const delimiter = this.#text.indexOf('{{', this.#position)
    const end = delimiter < 0 ? this.#text.length : delimiter
    const trimmed = delimiter >= 0 && this.#trimsLeft(delimiter)
    const text = this.#text.slice(this.#position, end)
    const kept = trimmed ? trimRight(text) : text
    this.#position = end
    if (kept !== '') this.#push('text', kept, this.#start)
    this.#line += newlines(text)
    this.#start = end
    if (delimiter < 0) return this.#end()
    const open = delimiter + (trimmed ? 4 : 2)
    if (this.#text.startsWith('/*', open)) return this.#comment(open)
    this.#position = delimiter + 2
    this.#emit('leftDelim')
    if (trimmed) this.#position = this.#start = open - 1
    this.#parentheses = 0
    return true
  }

  #trimsLeft(delimiter: number): boolean {
    const space = this.#text[delimiter + 3]
    return this.#text[delimiter + 2] === '-' && space !== undefined && spaces.includes(space)
  }

  #comment(open: number): boolean {
    const close = this.#text.indexOf('*/', open)
    if (close < 0) return this.#fail('unclosed comment')
    this.#position = close + 2
    if (!this.#atRightDelimiter()) return this.#fail('comment ends before closing delimiter')
    this.#line += newlines(this.#text.slice(this.#start, this.#position))
    this.#skipRightDelimiter()
    return this.#outsideAction()
  }

  /** Tokens up to and with the closing delimiter; false after an error. */
  #insideAction(): boolean {
    for (;;) {
      if (this.#atRightDelimiter()) {
        if (this.#parentheses > 0) return this.#fail('unclosed left paren')
        this.#rightDelimiter()
        return true
      }
      if (!this.#token()) return false
    }
  }

  #atRightDelimiter(): boolean {
    return this.#text.startsWith('}}', this.#position) || this.#atTrimmedRightDelimiter()
  }

  #atTrimmedRightDelimiter(): boolean {
    const space = this.#text[this.#position]
    return space !== undefined && spaces.includes(space) && this.#text.startsWith('-}}', this.#position + 1)
  }

  #rightDelimiter(): void {
    this.#push('rightDelim', '}}', this.#position)
    this.#skipRightDelimiter()
  }

  #skipRightDelimiter(): void {
    const trimmed = this.#atTrimmedRightDelimiter()
    this.#position += trimmed ? 4 : 2
    if (trimmed) this.#skipSpace()
    this.#start = this.#position
  }

  #skipSpace(): void {
    while (this.#position < this.#text.length && spaces.includes(this.#text.charAt(this.#position))) {
      if (this.#text[this.#position] === '\n') this.#line++
      this.#position++
    }
  }

  #token(): boolean {
    const character = this.#next()
    if (character === '') return this.#fail('unclosed action')
    if (spaces.includes(character)) return this.#space()
    switch (character) {
      case '=':
        return this.#emit('assign')
      case ':':
        return this.#next() === '=' ? this.#emit('declare') : this.#fail('expected :=')
      case '|':
        return this.#emit('pipe')
      case '"':
        return this.#quoted('"', 'string', 'unterminated quoted string')
      case "'":
        return this.#quoted("'", 'charConstant', 'unterminated character constant')
      case '`':
        return this.#rawString()
      case '$':
        return this.#fieldOrVariable('variable')
      case '(':
        this.#parentheses++
        return this.#emit('leftParen')
      case ')':
        this.#emit('rightParen')
        return --this.#parentheses >= 0 || this.#fail("unexpected right paren U+0029 ')'")
    }
    if (character === '.' && !/[0-9]/.test(this.#peek())) return this.#fieldOrVariable('field')
    if (/[-+.0-9]/.test(character)) return this.#number()
    if (wordCharacter.test(character)) return this.#word()
    if (character >= '!' && character <= '~') return this.#emit('char')
    return this.#fail(`unrecognized character in action: ${unicodeName(character)}`)
  }

  /** A run of spaces; one that belongs to a trimming delimiter is left to it. */
  #space(): boolean {
    while (spaces.includes(this.#peek()) && this.#peek() !== '') this.#position++
    if (this.#text.startsWith('-}}', this.#position)) this.#position--
    return this.#emit('space')
  }

  #quoted(quote: string, kind: TokenKind, message: string): boolean {
    for (;;) {
      const character = this.#next()
      if (character === '\\') {
        const escaped = this.#next()
        if (escaped !== '' && escaped !== '\n') continue
        return this.#fail(message)
      }
      if (character === '' || character === '\n') return this.#fail(message)
      if (character === quote) return this.#emit(kind)
    }
  }

  #rawString(): boolean {
    const close = this.#text.indexOf('`', this.#position)
    if (close < 0) return this.#fail('unterminated raw quoted string')
    this.#position = close + 1
    return this.#emit('rawString')
  }

  #fieldOrVariable(kind: 'field' | 'variable'): boolean {
    if (this.#atTerminator()) return this.#emit(kind === 'variable' ? 'variable' : 'dot')
    this.#skipWord()
    if (!this.#atTerminator()) return this.#fail(`bad character ${unicodeName(this.#peek())}`)
    return this.#emit(kind)
  }

  #word(): boolean {
    this.#skipWord()
    const word = this.#text.slice(this.#start, this.#position)
    if (!this.#atTerminator()) return this.#fail(`bad character ${unicodeName(this.#peek())}`)
    if (keywords.has(word)) return this.#emit('keyword')
    return this.#emit(word === 'true' || word === 'false' ? 'bool' : 'identifier')
  }

  #number(): boolean {
    const literal =
      /^[-+]?(0[xX][0-9a-fA-F_]*|0[oO][0-7_]*|0[bB][01_]*|[0-9_]*\.?[0-9_]*([eE][-+]?[0-9_]+)?)/.exec(
        this.#text.slice(this.#start),
      )?.[0] ?? ''
    this.#position = Math.max(this.#start + literal.length, this.#start + 1)
    if (wordCharacter.test(this.#peek())) {
      this.#next()
      return this.#fail(`bad number syntax: ${JSON.stringify(this.#text.slice(this.#start, this.#position))}`)
    }
    return this.#emit('number')
  }

  #skipWord(): void {
    while (wordCharacter.test(this.#peek())) this.#next()
  }

  #atTerminator(): boolean {
    const character = this.#peek()
    return terminators.has(character) || spaces.includes(character) || this.#text.startsWith('}}', this.#position)
  }

  #peek(): string {
    const code = this.#text.codePointAt(this.#position)
    return code === undefined ? '' : String.fromCodePoint(code)
  }

  #next(): string {
    const character = this.#peek()
    this.#position += character.length
    return character
  }

  #emit(kind: TokenKind): true {
    const text = this.#text.slice(this.#start, this.#position)
    this.#push(kind, text, this.#start)
    this.#line += newlines(text)
    this.#start = this.#position
    return true
  }

  #push(kind: TokenKind, text: string, position: number): void {
    this.#tokens.push({kind, text, position, line: this.#line})
  }

  #fail(message: string): false {
    this.#push('error', message, this.#start)
    return false
  }

  #end(): false {
    this.#push('eof', '', this.#text.length)
    return false
  }
}

function trimRight(text: string): string {
  return text.replace(/[ \t\r\n]+$/, '')
}

function newlines(text: string): number {
  return text.split('\n').length - 1
}

/** Go's %#U. */
function unicodeName(character: string): string {
  const code = (character.codePointAt(0) ?? 0xfffd).toString(16).toUpperCase().padStart(4, '0')
  return `U+${code} '${character}'`
}
