import {EngineError} from '../errors/index.ts'
import {hostArchitecture} from '../image/index.ts'
import type {BuildRequest} from './build-request.ts'
import {namedContext} from './named-context.ts'
import {expandWord, splitWords, type Variables} from './parse/expand.ts'
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

/** The part of a build's request that decides which stages there are. */
export type PlanRequest = Pick<
  BuildRequest,
  'buildArgs' | 'buildContexts' | 'from' | 'platform' | 'skipUnusedStages' | 'target'
>

interface Planner extends PlanRequest {
  readonly stages: readonly Stage[]
  readonly globalArgs: Variables
  readonly escapeChar: string
}

/**
 * What must be built for the target: its stage and those it needs, no others.
 * @throws ERR_CONTAINERFILE for an unknown target, a base that is empty or an unknown flag
 */
export function planBuild(file: Containerfile, request: PlanRequest): BuildPlan {
  const globalArgs = globalArguments(file, request)
  const planner = {...request, stages: file.stages, globalArgs, escapeChar: file.escapeChar}
  const planned = file.stages.map((stage) => planStage(stage, planner))
  const last = planned[targetIndex(file.stages, request.target)]
  if (!last) throw new EngineError('ERR_CONTAINERFILE', 'file with no instructions')
  const needed = new Set<number>()
  if (request.skipUnusedStages === false)
    for (const stage of planned.slice(0, planned.indexOf(last))) collect(stage, planned, needed)
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

function globalArguments({globalArgs, escapeChar}: Containerfile, {buildArgs, platform}: PlanRequest): Variables {
  const values: Record<string, string> = {...platformArguments(platform)}
  for (const word of globalArgs.flatMap(({text}) => splitWords(text, escapeChar))) {
    const [name, fallback] = splitPair(word)
    const value = buildArgs[name] ?? (word.includes('=') ? expandWord(fallback, values, escapeChar) : undefined)
    if (value !== undefined) values[name] = value
  }
  return values
}

/** @see https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope */
function platformArguments(target: BuildRequest['platform']): Variables {
  const architecture = hostArchitecture()
  const {os, architecture: arch, variant = ''} = target ?? {os: 'linux', architecture}
  return {
    ...{BUILDPLATFORM: `linux/${architecture}`, BUILDOS: 'linux', BUILDARCH: architecture, BUILDVARIANT: ''},
    ...{TARGETPLATFORM: [os, arch, ...(variant ? [variant] : [])].join('/'), TARGETOS: os, TARGETARCH: arch},
    TARGETVARIANT: variant,
  }
}

function planStage(stage: Stage, planner: Planner): PlannedStage {
  const {globalArgs, escapeChar} = planner
  const [reference = ''] = stage.from.text.split(/\s+/)
  const name =
    stage.index === 0 && planner.from !== undefined ? planner.from : expandWord(reference, globalArgs, escapeChar)
  if (name === '')
    throw new EngineError('ERR_CONTAINERFILE', `line ${stage.from.line}: base name (${reference}) should not be blank`)
  const unknown = stage.from.flags.find((flag) => flag.name !== 'platform')
  if (unknown) throw new EngineError('ERR_CONTAINERFILE', `line ${stage.from.line}: unknown flag: --${unknown.name}`)
  const earlier = planner.stages.slice(0, stage.index)
  const base = baseOf(name, earlier, planner)
  const platform = stage.from.flags[0] && expandWord(stage.from.flags[0].value, globalArgs, escapeChar)
  const variables = {...globalArgs, ...planner.buildArgs}
  const copied = stage.instructions
    .flatMap(sourcesOf)
    .map((source) => expandWord(source, variables, escapeChar))
    .filter((source) => !namedContext(planner.buildContexts, source))
    .flatMap((source) => stageIndex(source, earlier) ?? [])
  const needs = [...(typeof base === 'object' && 'stage' in base ? [base.stage] : []), ...copied]
  return {stage, base, ...(platform && {platform}), needs: [...new Set(needs)]}
}

function baseOf(name: string, earlier: readonly Stage[], {buildContexts}: PlanRequest): PlannedStage['base'] {
  const named = namedContext(buildContexts, name)
  if (named && 'image' in named) return named
  if (named) throw new EngineError('ERR_REFUSED', `build context ${name} is a directory: FROM needs an image`)
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
