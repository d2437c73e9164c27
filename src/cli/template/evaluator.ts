import {checkArgument, literalArgument} from './argument.ts'
import type {FunctionTable, ParameterType, TemplateFunction} from './function.ts'
import {printValue} from './go-print.ts'
import type {KnownTypes} from './go-type.ts'
import {elementOf, FieldError, fieldOf, isTrue, kindOf, mapEntries, TypedNil} from './go-value.ts'
import {type Branch, type Command, nodeText, type Operand, type Pipeline, type Statement} from './nodes.ts'
import {FunctionError, templateError} from './template-error.ts'

export interface Program {
  readonly name: string
  readonly text: string
  readonly body: readonly Statement[]
  readonly definitions: ReadonlyMap<string, readonly Statement[]>
  readonly functions: FunctionTable
}

/** Runs a parsed template. @throws ERR_REFUSED `template: NAME:LINE:COLUMN: executing "NAME" at <NODE>: …` */
export function evaluate(program: Program, data: unknown, types: KnownTypes): string {
  const evaluator = new Evaluator(program, types, program.name, data)
  evaluator.run(program.body, data)
  return evaluator.output
}

/** Marks "no value came through the pipe", which is not the same as a missing map entry. */
const nothing = Symbol('nothing')
/** Go allows 100,000; the stack here does not, and a template that nests so deep is one that calls itself. */
const depthLimit = 1_000

class Evaluator {
  readonly #program: Program
  readonly #types: KnownTypes
  readonly #name: string
  readonly #depth: number
  #variables: {readonly name: string; value: unknown}[]
  output = ''

  constructor(program: Program, types: KnownTypes, name: string, data: unknown, depth = 0) {
    this.#program = program
    this.#types = types
    this.#name = name
    this.#depth = depth
    this.#variables = [{name: '$', value: data}]
  }

  run(statements: readonly Statement[], dot: unknown): 'break' | 'continue' | undefined {
    for (const statement of statements) {
      const jump = this.#statement(statement, dot)
      if (jump) return jump
    }
    return undefined
  }

  #statement(statement: Statement, dot: unknown): 'break' | 'continue' | undefined {
    switch (statement.kind) {
      case 'text':
        this.output += statement.text
        return undefined
      case 'action': {
        const value = this.#pipeline(statement.pipeline, dot)
        if (statement.pipeline.variables.length === 0) this.output += printValue(value, this.#types)
        return undefined
      }
      case 'break':
      case 'continue':
        return statement.kind
      case 'template':
        this.#template(statement, dot)
        return undefined
      case 'range':
        return this.#scoped(() => this.#range(statement, dot))
      default:
        return this.#scoped(() => this.#ifOrWith(statement, dot))
    }
  }

  #scoped<T>(action: () => T): T {
    const visible = this.#variables.length
    const result = action()
    this.#variables.length = visible
    return result
  }

  #ifOrWith(branch: Branch, dot: unknown): 'break' | 'continue' | undefined {
    const value = this.#pipeline(branch.pipeline, dot)
    if (!isTrue(value, this.#types)) return branch.otherwise && this.run(branch.otherwise, dot)
    return this.run(branch.body, branch.kind === 'with' ? value : dot)
  }

  #range(branch: Branch, dot: unknown): 'break' | 'continue' | undefined {
    const value = this.#pipeline(branch.pipeline, dot)
    const entries = this.#entries(value, branch)
    if (entries.length === 0) return branch.otherwise && this.run(branch.otherwise, dot)
    for (const [key, element] of entries) {
      const jump = this.#scoped(() => {
        this.#bindRange(branch.pipeline, key, element)
        return this.run(branch.body, element)
      })
      if (jump === 'break') break
    }
    return undefined
  }

  /** Inside the body the last declared variable is the element, the one before it the key. */
  #bindRange(pipeline: Pipeline, key: unknown, element: unknown): void {
    const values = pipeline.variables.length > 1 ? [key, element] : [element]
    pipeline.variables.forEach((name, index) => {
      if (pipeline.assigns) this.#assign(name, values[index])
      else this.#variables.push({name, value: values[index]})
    })
  }

  #entries(value: unknown, branch: Branch): [unknown, unknown][] {
    if (value === undefined || value instanceof TypedNil) return []
    if (Array.isArray(value)) return value.map((_, index) => [index, elementOf(value, index, this.#types)])
    if (kindOf(value, this.#types) === 'map') return mapEntries(value as object, this.#types)
    const last = branch.pipeline.commands.at(-1)
    return this.#fail(
      last?.operands[0] ?? branch.pipeline,
      `range can't iterate over ${printValue(value, this.#types)}`,
    )
  }

  #template(statement: Statement & {kind: 'template'}, dot: unknown): void {
    const body = this.#program.definitions.get(statement.name)
    if (!body) this.#fail(statement, `template ${JSON.stringify(statement.name)} not defined`)
    if (this.#depth >= depthLimit) this.#fail(statement, `exceeded maximum template depth (${depthLimit})`)
    const data = statement.pipeline ? this.#pipeline(statement.pipeline, dot) : undefined
    const inner = new Evaluator(this.#program, this.#types, statement.name, data, this.#depth + 1)
    inner.run(body, data)
    this.output += inner.output
  }

  #pipeline(pipeline: Pipeline, dot: unknown): unknown {
    let value: unknown = nothing
    for (const command of pipeline.commands) value = this.#command(command, dot, value)
    for (const name of pipeline.variables) {
      if (pipeline.assigns) this.#assign(name, value)
      else this.#variables.push({name, value})
    }
    return value
  }

  #command(command: Command, dot: unknown, piped: unknown): unknown {
    const [first, ...args] = command.operands
    switch (first.kind) {
      case 'field':
        return this.#fields(dot, first.names, first, args, dot, piped)
      case 'variable':
        return this.#variable(first, args, dot, piped)
      case 'chain':
        return this.#fields(this.#operand(first.node, dot), first.names, first, args, dot, piped)
      case 'identifier':
        return this.#function(first.name, first, command, args, dot, piped)
    }
    if (args.length > 0 || piped !== nothing)
      this.#fail(first, `can't give argument to non-function ${nodeText(first)}`)
    if (first.kind === 'nil') return this.#fail(first, 'nil is not a command')
    return this.#operand(first, dot)
  }

  /** The value of an operand that is given no arguments. */
  #operand(operand: Operand, dot: unknown): unknown {
    switch (operand.kind) {
      case 'dot':
        return dot
      case 'nil':
        return null
      case 'bool':
      case 'number':
      case 'string':
        return operand.value
      case 'pipeline':
        return this.#scoped(() => this.#pipeline(operand, dot))
      case 'field':
        return this.#fields(dot, operand.names, operand, [], dot, nothing)
      case 'variable':
        return this.#variable(operand, [], dot, nothing)
      case 'chain':
        return this.#fields(this.#operand(operand.node, dot), operand.names, operand, [], dot, nothing)
      case 'identifier':
        return this.#function(operand.name, operand, operand, [], dot, nothing)
    }
  }

  #variable(operand: Operand & {kind: 'variable'}, args: readonly Operand[], dot: unknown, piped: unknown): unknown {
    const [name = '$', ...names] = operand.names
    const value = this.#variables.findLast((variable) => variable.name === name)?.value
    if (names.length > 0) return this.#fields(value, names, operand, args, dot, piped)
    if (args.length > 0 || piped !== nothing) this.#fail(operand, `can't give argument to non-function ${name}`)
    return value
  }

  #assign(name: string, value: unknown): void {
    const variable = this.#variables.findLast((candidate) => candidate.name === name)
    if (variable) variable.value = value
  }

  /** Follows `names` from `receiver`; arguments go to the last one, which must then be a method. */
  #fields(
    receiver: unknown,
    names: readonly string[],
    node: Operand,
    args: readonly Operand[],
    dot: unknown,
    piped: unknown,
  ): unknown {
    return names.reduce((value, name, index) => {
      const last = index === names.length - 1
      return this.#field(value, name, node, last ? args : [], dot, last ? piped : nothing)
    }, receiver)
  }

  #field(
    receiver: unknown,
    name: string,
    node: Operand,
    args: readonly Operand[],
    dot: unknown,
    piped: unknown,
  ): unknown {
    const found = this.#lookUp(receiver, name, node)
    const given = args.length > 0 || piped !== nothing
    if (typeof found === 'function') {
      const values = args.map((arg) => this.#operand(arg, dot))
      return found(...values, ...(piped === nothing ? [] : [piped]))
    }
    if (given && kindOf(receiver, this.#types) === 'map') this.#fail(node, `${name} is not a method but has arguments`)
    if (given) this.#fail(node, `${name} has arguments but cannot be invoked as function`)
    return found
  }

  #lookUp(receiver: unknown, name: string, node: Operand): unknown {
    try {
      return fieldOf(receiver, name, this.#types)
    } catch (error) {
      if (error instanceof FieldError) return this.#fail(node, error.message)
      throw error
    }
  }

  #function(
    name: string,
    node: Operand,
    whole: Operand | Command,
    args: readonly Operand[],
    dot: unknown,
    piped: unknown,
  ): unknown {
    const definition = this.#program.functions[name]
    if (!definition) return this.#fail(node, `${JSON.stringify(name)} is not a defined function`)
    this.#checkCount(name, definition, args.length + (piped === nothing ? 0 : 1), node)
    if (name === 'and' || name === 'or') return this.#logical(name, args, dot, piped)
    const values = args.map((arg, index) => this.#argument(arg, parameterAt(definition, index), dot))
    if (piped !== nothing)
      values.push(this.#checked(piped, parameterAt(definition, values.length), args.at(-1) ?? node))
    try {
      return definition.call(values, this.#types)
    } catch (error) {
      if (error instanceof FunctionError) return this.#fail(whole, `error calling ${name}: ${error.message}`)
      throw error
    }
  }

  /** Arguments after the deciding one are not evaluated. */
  #logical(name: 'and' | 'or', args: readonly Operand[], dot: unknown, piped: unknown): unknown {
    let value: unknown
    for (const arg of args) {
      value = this.#operand(arg, dot)
      if (isTrue(value, this.#types) === (name === 'or')) return value
    }
    return piped === nothing ? value : piped
  }

  #checkCount(name: string, definition: TemplateFunction, count: number, node: Operand): void {
    const {length} = definition.parameters
    if (definition.variadic ? count >= length : count === length) return
    const wanted = definition.variadic ? `at least ${length}` : `${length}`
    this.#fail(node, `wrong number of args for ${name}: want ${wanted} got ${count}`)
  }

  #argument(operand: Operand, type: ParameterType, dot: unknown): unknown {
    const mismatch = literalArgument(operand, type)
    if (mismatch) return this.#fail(operand, mismatch)
    return this.#checked(this.#operand(operand, dot), type, operand)
  }

  #checked(value: unknown, type: ParameterType, node: Operand): unknown {
    const mismatch = checkArgument(value, type, this.#types)
    return mismatch ? this.#fail(node, mismatch) : value
  }

  #fail(node: Operand | Command | Statement, message: string): never {
    const before = this.#program.text.slice(0, node.position)
    const line = before.split('\n').length
    const column = Buffer.byteLength(before.slice(before.lastIndexOf('\n') + 1))
    const place = `${this.#program.name}:${line}:${column}`
    throw templateError(`${place}: executing ${JSON.stringify(this.#name)} at <${nodeText(node)}>: ${message}`)
  }
}

function parameterAt(definition: TemplateFunction, index: number): ParameterType {
  return definition.parameters[index] ?? definition.variadic ?? 'any'
}
