import {tokenize} from './lexer.ts'
import {parseNumber, unquote} from './literals.ts'
import {type Branch, type Command, nodeText, type Operand, type Pipeline, type Statement} from './nodes.ts'
import {templateError} from './template-error.ts'
import {describeToken, type Token, type TokenKind} from './token.ts'

export interface ParsedTemplate {
  readonly body: readonly Statement[]
  /** Templates made by `define` and `block`. */
  readonly definitions: ReadonlyMap<string, readonly Statement[]>
}

/**
 * Parses Go's template language.
 * @param functions names that may be called
 * @throws ERR_REFUSED `template: NAME:LINE: …`, worded as Go's text/template does
 */
export function parse(name: string, text: string, functions: ReadonlySet<string>): ParsedTemplate {
  return new Parser(name, text, functions).parse()
}

/** A list of statements and the `end` or `else` that closed it. */
interface Body {
  readonly statements: readonly Statement[]
  readonly closedBy: 'end' | 'else'
}

class Parser {
  readonly #name: string
  readonly #tokens: readonly Token[]
  readonly #functions: ReadonlySet<string>
  readonly #definitions = new Map<string, readonly Statement[]>()
  #variables: string[] = ['$']
  #rangeDepth = 0
  #index = 0
  #actionLine = 0

  constructor(name: string, text: string, functions: ReadonlySet<string>) {
    this.#name = name
    this.#tokens = tokenize(text)
    this.#functions = functions
  }

  parse(): ParsedTemplate {
    const body: Statement[] = []
    while (this.#peek().kind !== 'eof') {
      if (this.#atDefinition()) this.#definition()
      else {
        const statement = this.#statement()
        if (typeof statement === 'string') this.#fail(`unexpected {{${statement}}}`)
        body.push(statement)
      }
    }
    return {body, definitions: this.#definitions}
  }

  #atDefinition(): boolean {
    if (this.#peek().kind !== 'leftDelim') return false
    const mark = this.#index
    this.#next()
    if (isKeyword(this.#nextNonSpace(), 'define')) return true
    this.#index = mark
    return false
  }

  #definition(): void {
    const context = 'define clause'
    const name = this.#templateName(this.#nextNonSpace(), context)
    this.#expect('rightDelim', context)
    const variables = this.#variables
    this.#variables = ['$']
    const {statements, closedBy} = this.#body()
    if (closedBy !== 'end') this.#fail(`unexpected {{${closedBy}}} in ${context}`)
    this.#variables = variables
    this.#definitions.set(name, statements)
  }

  #body(): Body {
    const statements: Statement[] = []
    while (this.#peek().kind !== 'eof') {
      const statement = this.#statement()
      if (typeof statement === 'string') return {statements, closedBy: statement}
      statements.push(statement)
    }
    return this.#fail('unexpected EOF')
  }

  #statement(): Statement | 'end' | 'else' {
    const token = this.#nextNonSpace()
    if (token.kind === 'text') return {kind: 'text', position: token.position, text: token.text}
    if (token.kind !== 'leftDelim') return this.#unexpected(token, 'input')
    this.#actionLine = token.line
    const statement = this.#action()
    this.#actionLine = 0
    return statement
  }

  #action(): Statement | 'end' | 'else' {
    const token = this.#nextNonSpace()
    switch (token.kind === 'keyword' ? token.text : '') {
      case 'block':
        return this.#block(token)
      case 'break':
      case 'continue':
        return this.#loopControl(token, token.text === 'break' ? 'break' : 'continue')
      case 'else':
        return this.#else()
      case 'end':
        this.#expect('rightDelim', 'end')
        return 'end'
      case 'if':
      case 'range':
      case 'with':
        return this.#branch(token, token.text as Branch['kind'])
      case 'template':
        return this.#template()
    }
    this.#index--
    const {position} = this.#peek()
    return {kind: 'action', position, pipeline: this.#pipeline('command', 'rightDelim')}
  }

  #loopControl(token: Token, kind: 'break' | 'continue'): Statement {
    const end = this.#nextNonSpace()
    if (end.kind !== 'rightDelim') this.#unexpected(end, `{{${kind}}}`)
    if (this.#rangeDepth === 0) this.#fail(`{{${kind}}} outside {{range}}`)
    return {kind, position: token.position}
  }

  /** Leaves `if` and `with` after `else` to the branch that it belongs to. */
  #else(): 'else' {
    const next = this.#peekNonSpace()
    if (!isKeyword(next, 'if') && !isKeyword(next, 'with')) this.#expect('rightDelim', 'else')
    return 'else'
  }

  #branch(token: Token, kind: Branch['kind']): Branch {
    const visible = this.#variables.length
    const pipeline = this.#pipeline(kind, 'rightDelim')
    if (kind === 'range') this.#rangeDepth++
    const {statements, closedBy} = this.#body()
    if (kind === 'range') this.#rangeDepth--
    const otherwise = closedBy === 'else' ? this.#otherwise(kind) : undefined
    this.#variables.length = visible
    return {kind, position: token.position, pipeline, body: statements, ...(otherwise && {otherwise})}
  }

  #otherwise(kind: Branch['kind']): readonly Statement[] {
    const next = this.#peekNonSpace()
    if (next.kind === 'keyword') {
      if (kind === 'range' || next.text !== kind) this.#unexpected(this.#nextNonSpace(), 'else')
      return [this.#branch(this.#nextNonSpace(), kind)]
    }
    const {statements, closedBy} = this.#body()
    if (closedBy !== 'end') this.#fail(`expected end; found {{${closedBy}}}`)
    return statements
  }

  #block(token: Token): Statement {
    const context = 'block clause'
    const name = this.#templateName(this.#nextNonSpace(), context)
    const pipeline = this.#pipeline(context, 'rightDelim')
    const variables = this.#variables
    this.#variables = ['$']
    const {statements, closedBy} = this.#body()
    if (closedBy !== 'end') this.#fail(`unexpected {{${closedBy}}} in ${context}`)
    this.#variables = variables
    this.#definitions.set(name, statements)
    return {kind: 'template', position: token.position, name, pipeline}
  }

  #template(): Statement {
    const context = 'template clause'
    const named = this.#nextNonSpace()
    const name = this.#templateName(named, context)
    if (this.#nextNonSpace().kind === 'rightDelim') return {kind: 'template', position: named.position, name}
    this.#index--
    return {kind: 'template', position: named.position, name, pipeline: this.#pipeline(context, 'rightDelim')}
  }

  #templateName(token: Token, context: string): string {
    if (token.kind !== 'string' && token.kind !== 'rawString') return this.#unexpected(token, context)
    return unquote(token.text) ?? this.#fail('invalid syntax')
  }

  #pipeline(context: string, end: TokenKind): Pipeline {
    const {position} = this.#peekNonSpace()
    const {variables, assigns} = this.#declarations(context)
    const commands: Command[] = []
    for (;;) {
      const token = this.#nextNonSpace()
      if (token.kind === end) {
        this.#checkCommands(commands, context)
        return {kind: 'pipeline', position, variables, assigns, commands}
      }
      if (!startsOperand(token)) this.#unexpected(token, context)
      this.#index--
      commands.push(this.#command())
    }
  }

  #checkCommands(commands: readonly Command[], context: string): void {
    if (commands.length === 0) this.#fail(`missing value for ${context}`)
    const stage = commands.findIndex((command, index) => index > 0 && isConstant(command.operands[0]))
    if (stage > 0) this.#fail(`non executable command in pipeline stage ${stage + 1}`)
  }

  /** `$x :=`, `$x =` and, in a range, `$i, $x :=`. */
  #declarations(context: string): {readonly variables: readonly string[]; readonly assigns: boolean} {
    const variables: string[] = []
    for (;;) {
      const mark = this.#index
      const variable = this.#nextNonSpace()
      const next = variable.kind === 'variable' ? this.#nextNonSpace() : undefined
      if (next?.kind === 'assign' || next?.kind === 'declare') {
        this.#declare(variables, variable)
        return {variables, assigns: next.kind === 'assign'}
      }
      if (next?.kind !== 'char' || next.text !== ',') {
        this.#index = mark
        return {variables, assigns: false}
      }
      this.#declare(variables, variable)
      if (context !== 'range' || variables.length > 1) this.#fail(`too many declarations in ${context}`)
      if (!['variable', 'rightDelim', 'rightParen'].includes(this.#peekNonSpace().kind))
        this.#fail('range can only initialize variables')
    }
  }

  #declare(variables: string[], token: Token): void {
    variables.push(token.text)
    this.#variables.push(token.text)
  }

  #command(): Command {
    const {position} = this.#peekNonSpace()
    const operands: Operand[] = []
    for (;;) {
      this.#peekNonSpace()
      const operand = this.#operand()
      if (operand) operands.push(operand)
      const token = this.#next()
      if (token.kind === 'space') continue
      if (token.kind === 'rightDelim' || token.kind === 'rightParen') this.#index--
      else if (token.kind !== 'pipe') this.#unexpected(token, 'operand')
      break
    }
    const [first, ...others] = operands
    if (!first) return this.#fail('empty command')
    return {kind: 'command', position, operands: [first, ...others]}
  }

  #operand(): Operand | undefined {
    const term = this.#term()
    const {kind, position} = this.#peek()
    if (!term || kind !== 'field') return term
    const names: string[] = []
    while (this.#peek().kind === 'field') names.push(this.#next().text.slice(1))
    if (term.kind === 'field') return {kind: 'field', position, names: [...term.names, ...names]}
    if (term.kind === 'variable') return {kind: 'variable', position, names: [...term.names, ...names]}
    if (isConstant(term)) this.#fail(`unexpected . after term ${JSON.stringify(nodeText(term))}`)
    return {kind: 'chain', position, node: term, names}
  }

  #term(): Operand | undefined {
    const token = this.#nextNonSpace()
    const {position, text} = token
    switch (token.kind) {
      case 'identifier':
        if (!this.#functions.has(text)) this.#fail(`function ${JSON.stringify(text)} not defined`)
        return {kind: 'identifier', position, name: text}
      case 'dot':
        return {kind: 'dot', position}
      case 'variable':
        if (!this.#variables.includes(text)) this.#fail(`undefined variable ${JSON.stringify(text)}`)
        return {kind: 'variable', position, names: [text]}
      case 'field':
        return {kind: 'field', position, names: [text.slice(1)]}
      case 'bool':
        return {kind: 'bool', position, value: text === 'true'}
      case 'charConstant':
        return {kind: 'number', position, value: this.#character(text), text}
      case 'number':
        return {kind: 'number', position, value: this.#number(text), text}
      case 'string':
      case 'rawString':
        return {kind: 'string', position, value: unquote(text) ?? this.#fail('invalid syntax'), text}
      case 'leftParen':
        return this.#pipeline('parenthesized pipeline', 'rightParen')
    }
    if (isKeyword(token, 'nil')) return {kind: 'nil', position}
    this.#index--
    return undefined
  }

  #character(text: string): number {
    const value = unquote(text)
    if (value === undefined || [...value].length !== 1) return this.#fail(`malformed character constant: ${text}`)
    return value.codePointAt(0) ?? 0
  }

  #number(text: string): number | bigint {
    return parseNumber(text) ?? this.#fail(`illegal number syntax: ${JSON.stringify(text)}`)
  }

  #peek(): Token {
    return this.#tokens[Math.min(this.#index, this.#tokens.length - 1)] as Token
  }

  #next(): Token {
    const token = this.#peek()
    this.#index++
    return token
  }

  #nextNonSpace(): Token {
    this.#peekNonSpace()
    return this.#next()
  }

  #peekNonSpace(): Token {
    while (this.#peek().kind === 'space') this.#index++
    return this.#peek()
  }

  #expect(kind: TokenKind, context: string): void {
    const token = this.#nextNonSpace()
    if (token.kind !== kind) this.#unexpected(token, context)
  }

  #unexpected(token: Token, context: string): never {
    if (token.kind !== 'error') return this.#fail(`unexpected ${describeToken(token)} in ${context}`)
    const elsewhere = this.#actionLine !== 0 && this.#actionLine !== token.line
    const opening = token.text.endsWith(' action') ? ' started' : ' in action started'
    return this.#fail(`${token.text}${elsewhere ? `${opening} at ${this.#name}:${this.#actionLine}` : ''}`)
  }

  #fail(message: string): never {
    const line = this.#tokens[Math.min(Math.max(this.#index - 1, 0), this.#tokens.length - 1)]?.line ?? 1
    throw templateError(`${this.#name}:${line}: ${message}`)
  }
}

function isKeyword(token: Token, word: string): boolean {
  return token.kind === 'keyword' && token.text === word
}

const operandKinds: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'bool',
  'charConstant',
  'dot',
  'field',
  'identifier',
  'number',
  'rawString',
  'string',
  'variable',
  'leftParen',
])

function startsOperand(token: Token): boolean {
  return operandKinds.has(token.kind) || isKeyword(token, 'nil')
}

/** Operands that can neither be called nor have fields. */
function isConstant(operand: Operand | undefined): boolean {
  return operand !== undefined && ['bool', 'dot', 'nil', 'number', 'string'].includes(operand.kind)
}
