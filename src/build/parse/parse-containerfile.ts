import type {Instruction as AstInstruction, Dockerfile} from 'dockerfile-ast'
import {EngineError} from '../../errors/index.ts'
import {type Containerfile, type Heredoc, type Instruction, type Keyword, keywords, type Stage} from './instruction.ts'
import {splitFlags} from './split-flags.ts'

/**
 * Parses a Containerfile: dockerfile-ast finds instructions, directives and here-documents; words, quotes and JSON
 * forms are ours, since its own splitting ignores quotes.
 * @throws ERR_CONTAINERFILE naming the line
 * @see https://docs.docker.com/reference/dockerfile/
 */
export async function parseContainerfile(content: string): Promise<Containerfile> {
  const {DockerfileParser} = await import('dockerfile-ast')
  const document = DockerfileParser.parse(content)
  const escapeChar = document.getEscapeCharacter()
  const lines = content.split(/\r?\n/)
  const instructions = document.getInstructions().map((node) => toInstruction(node, lines, escapeChar))
  return {...intoStages(instructions), escapeChar}
}

/** Parses the instruction behind ONBUILD. */
export async function parseInstruction(text: string, line: number): Promise<Instruction> {
  const {DockerfileParser} = await import('dockerfile-ast')
  const document: Dockerfile = DockerfileParser.parse(text)
  const [node] = document.getInstructions()
  if (!node) throw new EngineError('ERR_CONTAINERFILE', `line ${line}: ONBUILD without an instruction`)
  return {...toInstruction(node, text.split('\n'), document.getEscapeCharacter()), line}
}

function toInstruction(node: AstInstruction, lines: readonly string[], escapeChar: string): Instruction {
  const range = node.getRange()
  const line = range.start.line + 1
  const keyword = node.getKeyword()
  if (!isKeyword(keyword))
    throw new EngineError('ERR_CONTAINERFILE', `line ${line}: unknown instruction: ${JSON.stringify(keyword)}`)
  const heredocs = heredocsOf(node, lines)
  const lastLine = heredocs.firstLine === undefined ? range.end.line : heredocs.firstLine - 1
  const joined = joinLines(lines.slice(range.start.line, lastLine + 1), escapeChar)
  const {flags, text} = splitFlags(joined.slice(node.getInstruction().length).trimStart(), keyword)
  const original = `${keyword} ${joined.slice(node.getInstruction().length).trim()}`.trim()
  return {keyword, line, flags, text, heredocs: heredocs.found, original}
}

function isKeyword(word: string): word is Keyword {
  return keywords.includes(word as Keyword)
}

/** Takes out escaped line ends, and comment and empty lines between continued ones. */
function joinLines(lines: readonly string[], escapeChar: string): string {
  let text = ''
  for (const [index, line] of lines.entries()) {
    if (index > 0 && /^\s*(#.*)?$/.test(line)) continue
    const trimmed = line.trimEnd()
    text += trimmed.endsWith(escapeChar) ? trimmed.slice(0, -escapeChar.length) : line
  }
  return text.trim()
}

function heredocsOf(node: AstInstruction, lines: readonly string[]): {found: readonly Heredoc[]; firstLine?: number} {
  const getHeredocs = (node as unknown as {getHeredocs?: () => readonly AstHeredoc[]}).getHeredocs
  if (!['ADD', 'COPY', 'RUN'].includes(node.getKeyword()) || !getHeredocs) return {found: []}
  const nodes = getHeredocs.call(node)
  const firstLine = nodes[0]?.getContentRange()?.start.line ?? nodes[0]?.getDelimiterRange()?.start.line
  return {found: nodes.map((heredoc) => toHeredoc(heredoc, lines)), firstLine}
}

interface Span {
  readonly start: {readonly line: number; readonly character: number}
  readonly end: {readonly line: number; readonly character: number}
}

interface AstHeredoc {
  getName(): string
  getStartRange(): Span
  getContentRange(): Span | null
  getDelimiterRange(): Span | null
}

function toHeredoc(node: AstHeredoc, lines: readonly string[]): Heredoc {
  const opening = lines[node.getStartRange().start.line]?.slice(node.getStartRange().start.character) ?? ''
  const end = node.getDelimiterRange()?.start.line
  if (end === undefined)
    throw new EngineError(
      'ERR_CONTAINERFILE',
      `line ${node.getStartRange().start.line + 1}: unterminated heredoc ${node.getName()}`,
    )
  const first = node.getContentRange()?.start.line ?? end
  const body = lines.slice(first, end).map((line) => (opening.startsWith('<<-') ? line.replace(/^\t+/, '') : line))
  return {
    name: node.getName(),
    content: body.map((line) => `${line}\n`).join(''),
    expand: !/^<<-?\s*["']/.test(opening),
  }
}

function intoStages(instructions: readonly Instruction[]): {
  globalArgs: readonly Instruction[]
  stages: readonly Stage[]
} {
  const firstFrom = instructions.findIndex(({keyword}) => keyword === 'FROM')
  const before = firstFrom < 0 ? instructions : instructions.slice(0, firstFrom)
  const misplaced = before.find(({keyword}) => keyword !== 'ARG')
  if (misplaced || firstFrom < 0)
    throw new EngineError(
      'ERR_CONTAINERFILE',
      misplaced ? `line ${misplaced.line}: no FROM statement found` : 'file with no instructions',
    )
  const starts = instructions.flatMap(({keyword}, index) => (keyword === 'FROM' ? [index] : []))
  const stages = starts.map((start, index) => toStage(instructions.slice(start, starts[index + 1]), index))
  return {globalArgs: before, stages}
}

function toStage([from, ...instructions]: readonly Instruction[], index: number): Stage {
  if (!from) throw new EngineError('ERR_INTERNAL', 'a stage without FROM')
  const words = from.text.split(/\s+/)
  const named = words.length === 3 && words[1]?.toUpperCase() === 'AS'
  if (words.length !== 1 && !named)
    throw new EngineError('ERR_CONTAINERFILE', `line ${from.line}: FROM requires either one or three arguments`)
  return {index, name: named ? (words[2] ?? '').toLowerCase() : String(index), from, instructions}
}
