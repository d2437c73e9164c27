import {EngineError} from '../../errors/index.ts'
import {expandWord, type Variables} from '../parse/expand.ts'
import type {Instruction} from '../parse/instruction.ts'
import {jsonForm} from '../parse/split-flags.ts'
import {type MountWords, parseMountWords} from './run-mounts.ts'

export const scriptPath = '/run/build-script'

/** RUN taken apart. */
export interface PreparedRun {
  readonly args: readonly string[]
  /** A here-document with an interpreter of its own: it is mounted at `scriptPath`, executable, while the step runs. */
  readonly script?: string
  readonly mounts: readonly MountWords[]
  readonly network?: 'default' | 'none' | 'host'
  readonly security: 'sandbox' | 'insecure'
}

/**
 * The command of a RUN: exec form as it is, shell form behind the shell, a lone here-document as the shell's script (or
 * by its own `#!` line), other here-documents left to the shell.
 * @throws ERR_CONTAINERFILE
 */
export function prepareRun(
  instruction: Instruction,
  shell: readonly string[],
  variables: Variables,
  escapeChar: string,
): PreparedRun {
  const {flags, line} = instruction
  const known = ['mount', 'network', 'security']
  const unknown = flags.find(({name}) => !known.includes(name))
  if (unknown) throw new EngineError('ERR_CONTAINERFILE', `line ${line}: unknown flag: --${unknown.name}`)
  const all = (wanted: string) =>
    flags.flatMap(({name, value}) => (name === wanted ? [expandWord(value, variables, escapeChar)] : []))
  return {
    ...commandOf(instruction, shell),
    mounts: all('mount').map(parseMountWords),
    network: oneOf(all('network').at(-1), ['default', 'none', 'host'], line),
    security: oneOf(all('security').at(-1), ['sandbox', 'insecure'], line) ?? 'sandbox',
  }
}

function commandOf(
  {text, heredocs, line}: Instruction,
  shell: readonly string[],
): Pick<PreparedRun, 'args' | 'script'> {
  const listed = jsonForm(text)
  if (listed) return {args: listed}
  const [only] = heredocs
  if (only && heredocs.length === 1 && /^<<-?["']?\w+["']?$/.test(text))
    return only.content.startsWith('#!') ? {args: [scriptPath], script: only.content} : {args: [...shell, only.content]}
  if (text === '') throw new EngineError('ERR_CONTAINERFILE', `line ${line}: RUN requires at least one argument`)
  const documents = heredocs.map(({name, content}) => `\n${content}${name}`)
  return {args: [...shell, text + documents.join('')]}
}

function oneOf<T extends string>(value: string | undefined, words: readonly T[], line: number): T | undefined {
  if (value === undefined) return undefined
  const found = words.find((word) => word === value)
  if (!found) throw new EngineError('ERR_CONTAINERFILE', `line ${line}: invalid value ${JSON.stringify(value)}`)
  return found
}
