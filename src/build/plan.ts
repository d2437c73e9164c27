import {EngineError} from '../errors/index.ts'
import {expandWord, type Variables} from './parse/expand.ts'
import type {Containerfile, Instruction, Stage} from './parse/instruction.ts'
import {splitPair} from './stage-state.ts'

/** Stages to build, in the Containerfile's order, and the values of global ARGs. */
export interface BuildPlan {
  readonly stages: readonly PlannedStage[]
  readonly globalArgs: Variables
}

export interface PlannedStage {
  readonly stage: Stage
  /** The base: another stage's index, `scratch`, or an image's name. */
  readonly base: {readonly stage: number} | {readonly image: string} | 'scratch'
  readonly platform?: string
  /** Indices of the stages that must be there first. */
  readonly needs: readonly number[]
}

/**
 * What must be built for the target: its stage and those it needs, no others.
 * @throws ERR_CONTAINERFILE for an unknown target, a base that is empty or an unknown flag
 */
export function planBuild(file: Containerfile, buildArgs: Variables, target: string | undefined): BuildPlan {
  const globalArgs = globalArguments(file.globalArgs, buildArgs, file.escapeChar)
  const planned = file.stages.map((stage) => planStage(stage, file.stages, globalArgs, file.escapeChar))
  const last = planned[targetIndex(file.stages, target)]
  if (!last) throw new EngineError('ERR_CONTAINERFILE', 'file with no instructions')
  const needed = new Set<number>()
  collect(last, planned, needed)
  return {stages: planned.filter(({stage}) => needed.has(stage.index)), globalArgs}
}

function collect(stage: PlannedStage, all: readonly PlannedStage[], needed: Set<number>): void {
  if (needed.has(stage.stage.index)) return
  needed.add(stage.stage.index)
  for (const index of stage.needs) {
    const other = all[index]
    if (other) collect(other, all, needed)
  }
}

function globalArguments(instructions: readonly Instruction[], buildArgs: Variables, escapeChar: string): Variables {
  const values: Record<string, string> = {...platformArguments()}
  for (const {text} of instructions) {
    const [name, fallback] = splitPair(text.trim())
    const value = buildArgs[name] ?? (text.includes('=') ? expandWord(fallback, values, escapeChar) : undefined)
    if (value !== undefined) values[name] = value
  }
  return values
}

/** @see https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope */
function platformArguments(): Variables {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch
  const platform = `linux/${architecture}`
  return {
    ...{BUILDPLATFORM: platform, BUILDOS: 'linux', BUILDARCH: architecture},
    ...{TARGETPLATFORM: platform, TARGETOS: 'linux', TARGETARCH: architecture},
  }
}

function planStage(stage: Stage, all: readonly Stage[], globalArgs: Variables, escapeChar: string): PlannedStage {
  const [reference = ''] = stage.from.text.split(/\s+/)
  const name = expandWord(reference, globalArgs, escapeChar)
  if (name === '')
    throw new EngineError('ERR_CONTAINERFILE', `line ${stage.from.line}: base name (${reference}) should not be blank`)
  const unknown = stage.from.flags.find((flag) => flag.name !== 'platform')
  if (unknown) throw new EngineError('ERR_CONTAINERFILE', `line ${stage.from.line}: unknown flag: --${unknown.name}`)
  const earlier = all.slice(0, stage.index)
  const base = baseOf(name, earlier)
  const platform = stage.from.flags[0] && expandWord(stage.from.flags[0].value, globalArgs, escapeChar)
  const copied = stage.instructions.flatMap((instruction) =>
    sourcesOf(instruction).flatMap((source) => stageIndex(source, earlier) ?? []),
  )
  const needs = [...(typeof base === 'object' && 'stage' in base ? [base.stage] : []), ...copied]
  return {stage, base, platform, needs: [...new Set(needs)]}
}

function baseOf(name: string, earlier: readonly Stage[]): PlannedStage['base'] {
  if (name === 'scratch') return 'scratch'
  const stage = earlier.findLast((candidate) => candidate.name === name.toLowerCase())
  return stage ? {stage: stage.index} : {image: name}
}

/** Stages and images that an instruction reads from: `COPY --from=`, `RUN --mount=…,from=`. */
function sourcesOf({keyword, flags}: Instruction): readonly string[] {
  if (keyword === 'COPY' || keyword === 'ADD') return flags.flatMap(({name, value}) => (name === 'from' ? [value] : []))
  if (keyword !== 'RUN') return []
  return flags.flatMap(({name, value}) =>
    name === 'mount'
      ? value.split(',').flatMap((pair) => (pair.startsWith('from=') ? [pair.slice('from='.length)] : []))
      : [],
  )
}

/** The stage that `--from` names: by name, or by number. */
export function stageIndex(source: string, stages: readonly Stage[]): number | undefined {
  const named = stages.findLast(({name}) => name === source.toLowerCase())
  return named?.index ?? (/^\d+$/.test(source) ? stages[Number(source)]?.index : undefined)
}

function targetIndex(stages: readonly Stage[], target: string | undefined): number {
  if (target === undefined) return stages.length - 1
  const found = stageIndex(target, stages)
  if (found === undefined)
    throw new EngineError(
      'ERR_CONTAINERFILE',
      `the target ${JSON.stringify(target)} was not found in the provided Dockerfile`,
    )
  return found
}
