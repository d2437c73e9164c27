/** The tree of a template. `position` is what run-time errors point at. */
export type Operand =
  | {readonly kind: 'bool'; readonly position: number; readonly value: boolean}
  | {readonly kind: 'number'; readonly position: number; readonly value: number | bigint; readonly text: string}
  | {readonly kind: 'string'; readonly position: number; readonly value: string; readonly text: string}
  | {readonly kind: 'dot' | 'nil'; readonly position: number}
  | {readonly kind: 'identifier'; readonly position: number; readonly name: string}
  | {readonly kind: 'field'; readonly position: number; readonly names: readonly string[]}
  | {readonly kind: 'variable'; readonly position: number; readonly names: readonly string[]}
  | {readonly kind: 'chain'; readonly position: number; readonly node: Operand; readonly names: readonly string[]}
  | Pipeline

export interface Command {
  readonly kind: 'command'
  readonly position: number
  readonly operands: readonly [Operand, ...Operand[]]
}

export interface Pipeline {
  readonly kind: 'pipeline'
  readonly position: number
  /** `$x := …` declares, `$x = …` assigns. */
  readonly assigns: boolean
  readonly variables: readonly string[]
  readonly commands: readonly Command[]
}

export interface Branch {
  readonly kind: 'if' | 'range' | 'with'
  readonly position: number
  readonly pipeline: Pipeline
  readonly body: readonly Statement[]
  readonly otherwise?: readonly Statement[]
}

export type Statement =
  | {readonly kind: 'text'; readonly position: number; readonly text: string}
  | {readonly kind: 'action'; readonly position: number; readonly pipeline: Pipeline}
  | {readonly kind: 'break' | 'continue'; readonly position: number}
  | {readonly kind: 'template'; readonly position: number; readonly name: string; readonly pipeline?: Pipeline}
  | Branch

/** A node as error messages quote it. */
export function nodeText(node: Operand | Command | Statement): string {
  switch (node.kind) {
    case 'bool':
      return String(node.value)
    case 'number':
    case 'string':
    case 'text':
      return node.text
    case 'dot':
      return '.'
    case 'identifier':
      return node.name
    case 'field':
      return node.names.map((name) => `.${name}`).join('')
    case 'variable':
      return node.names.join('.')
    case 'chain':
      return `${operandText(node.node)}${node.names.map((name) => `.${name}`).join('')}`
    case 'command':
      return node.operands.map(operandText).join(' ')
    case 'pipeline':
      return pipelineText(node)
    case 'action':
      return `{{${pipelineText(node.pipeline)}}}`
    case 'template':
      return `{{template ${JSON.stringify(node.name)}${node.pipeline ? ` ${pipelineText(node.pipeline)}` : ''}}}`
    default:
      return node.kind
  }
}

function operandText(node: Operand): string {
  return node.kind === 'pipeline' ? `(${pipelineText(node)})` : nodeText(node)
}

function pipelineText(pipeline: Pipeline): string {
  const commands = pipeline.commands.map(nodeText).join(' | ')
  if (pipeline.variables.length === 0) return commands
  return `${pipeline.variables.join(', ')} ${pipeline.assigns ? '=' : ':='} ${commands}`
}
