import {posix} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import type {ImageRunConfig} from '../../oci/types/image-spec.ts'
import {expandWord, expandWords, splitWords, type Variables} from '../parse/expand.ts'
import type {Instruction, Keyword} from '../parse/instruction.ts'
import {jsonForm} from '../parse/split-flags.ts'
import {defaultShell, type StageState, splitPair, variablesOf, withEnvironment} from '../stage-state.ts'
import {parseHealthcheck} from './healthcheck.ts'

/** Values given with `--build-arg`, and those of ARGs before the first FROM. */
export interface ArgSources {
  readonly buildArgs: Variables
  readonly globalArgs: Variables
  readonly escapeChar: string
}

type Configure = (state: StageState, instruction: Instruction, sources: ArgSources) => StageState

/**
 * What an instruction that only changes the image's configuration makes of a stage; undefined for RUN, COPY and ADD.
 * WORKDIR is here too, though its directory must also be made.
 * @throws ERR_CONTAINERFILE naming the line
 */
export function configureStep(
  state: StageState,
  instruction: Instruction,
  sources: ArgSources,
): StageState | undefined {
  const configure = table[instruction.keyword]
  if (!configure) return undefined
  if (instruction.text === '' && instruction.keyword !== 'LABEL')
    throw new EngineError(
      'ERR_CONTAINERFILE',
      `line ${instruction.line}: ${instruction.keyword} requires at least one argument`,
    )
  return configure(state, instruction, sources)
}

const table: Readonly<Partial<Record<Keyword, Configure>>> = {
  ARG: declareArgs,
  CMD: (state, instruction) => ({...withConfig(state, {Cmd: commandOf(state, instruction)}), hasCmd: true}),
  ENTRYPOINT: (state, instruction) =>
    withConfig(state, {Entrypoint: commandOf(state, instruction), ...(state.hasCmd ? {} : {Cmd: null})}),
  ENV: (state, instruction, {escapeChar}) => withEnvironment(state, pairsOf(state, instruction, escapeChar)),
  EXPOSE: (state, instruction, {escapeChar}) =>
    withConfig(state, {
      ExposedPorts: {...state.config.ExposedPorts, ...exposedPorts(words(state, instruction, escapeChar))},
    }),
  HEALTHCHECK: (state, instruction) =>
    withConfig(state, {Healthcheck: parseHealthcheck(instruction, state.config.Shell ?? defaultShell)}),
  LABEL: (state, instruction, {escapeChar}) =>
    withConfig(state, {
      Labels: {...state.config.Labels, ...Object.fromEntries(pairsOf(state, instruction, escapeChar))},
    }),
  MAINTAINER: (state, {text}) => ({...state, author: text}),
  ONBUILD: (state, {text}) => withConfig(state, {OnBuild: [...(state.config.OnBuild ?? []), onBuildText(text)]}),
  SHELL: (state, instruction) => withConfig(state, {Shell: shellOf(instruction)}),
  STOPSIGNAL: (state, {text}, {escapeChar}) =>
    withConfig(state, {StopSignal: expandWord(text, variablesOf(state), escapeChar)}),
  USER: (state, {text}, {escapeChar}) => withConfig(state, {User: expandWord(text, variablesOf(state), escapeChar)}),
  VOLUME: (state, instruction, {escapeChar}) =>
    withConfig(state, {
      Volumes: {
        ...state.config.Volumes,
        ...Object.fromEntries(words(state, instruction, escapeChar).map((path) => [path, {}])),
      },
    }),
  WORKDIR: (state, {text}, {escapeChar}) =>
    withConfig(state, {WorkingDir: workingDirectory(state, expandWord(text, variablesOf(state), escapeChar))}),
}

/** An absolute path stays as it is written. */
function workingDirectory({config}: StageState, path: string): string {
  return posix.isAbsolute(path) ? path : posix.join('/', config.WorkingDir || '/', path)
}

function withConfig(state: StageState, change: Partial<ImageRunConfig>): StageState {
  return {...state, config: {...state.config, ...change}}
}

/** `ARG NAME`, `ARG NAME=DEFAULT`, several: a build argument wins over the default, a global ARG over none. */
function declareArgs(state: StageState, instruction: Instruction, sources: ArgSources): StageState {
  let current = state
  for (const word of splitWords(instruction.text, sources.escapeChar)) {
    const [name, text] = splitPair(word)
    const fallback = word.includes('=')
      ? expandWord(text, variablesOf(current), sources.escapeChar)
      : sources.globalArgs[name]
    const value = sources.buildArgs[name] ?? fallback
    if (value !== undefined) current = {...current, args: {...current.args, [name]: value}}
  }
  return current
}

/** `NAME=VALUE …`, or the old `NAME VALUE` where the rest of the line is the value. */
function pairsOf(
  state: StageState,
  {text, line, keyword}: Instruction,
  escapeChar: string,
): readonly (readonly [string, string])[] {
  const parts = splitWords(text, escapeChar)
  const variables = variablesOf(state)
  const expand = (word: string) => expandWord(word, variables, escapeChar)
  if (parts[0] !== undefined && !unquoted(parts[0]).includes('=')) {
    if (parts.length < 2) throw new EngineError('ERR_CONTAINERFILE', `line ${line}: ${keyword} must have two arguments`)
    return [[expand(parts[0]), expand(text.slice(text.indexOf(parts[0]) + parts[0].length).trim())]]
  }
  return parts.map((part) => {
    if (!unquoted(part).includes('='))
      throw new EngineError(
        'ERR_CONTAINERFILE',
        `line ${line}: Syntax error - can't find = in ${JSON.stringify(part)}. Must be of the form: name=value`,
      )
    const equals = assignmentIndex(part)
    return [expand(part.slice(0, equals)), expand(part.slice(equals + 1))]
  })
}

function unquoted(word: string): string {
  return word.replace(/"[^"]*"|'[^']*'/g, (quoted) => '_'.repeat(quoted.length))
}

function assignmentIndex(word: string): number {
  return unquoted(word).indexOf('=')
}

/** The exec form as it is, the shell form behind the stage's shell. */
function commandOf(state: StageState, {text}: Instruction): readonly string[] {
  return jsonForm(text) ?? [...(state.config.Shell ?? defaultShell), text]
}

function shellOf({text, line}: Instruction): readonly string[] {
  const shell = jsonForm(text)
  if (!shell?.length)
    throw new EngineError('ERR_CONTAINERFILE', `line ${line}: SHELL requires the arguments to be in JSON form`)
  return shell
}

function onBuildText(text: string): string {
  if (!/^(ONBUILD|MAINTAINER|FROM)\b/i.test(text)) return text
  throw new EngineError(
    'ERR_CONTAINERFILE',
    `${text.split(/\s/)[0]?.toUpperCase()} isn't allowed as an ONBUILD trigger`,
  )
}

function exposedPorts(ports: readonly string[]): Readonly<Record<string, object>> {
  return Object.fromEntries(
    ports.map((port) => {
      if (!/^\d+(-\d+)?(\/(tcp|udp|sctp))?$/i.test(port))
        throw new EngineError('ERR_CONTAINERFILE', `EXPOSE: invalid port ${JSON.stringify(port)}`)
      return [port.includes('/') ? port.toLowerCase() : `${port}/tcp`, {}]
    }),
  )
}

function words(state: StageState, {text}: Instruction, escapeChar: string): readonly string[] {
  const variables = variablesOf(state)
  const listed = jsonForm(text)
  if (listed) return listed.map((word) => expandWord(word, variables, escapeChar))
  return expandWords(text, variables, escapeChar)
}
