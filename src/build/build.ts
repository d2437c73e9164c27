import {EngineError, inContext} from '../errors/index.ts'
import type {Image} from '../image/index.ts'
import type {ImageRunConfig} from '../oci/types/image-spec.ts'
import type {BuildContext} from './build-context.ts'
import type {BuildRequest, BuildServices} from './build-request.ts'
import {finishBuild} from './finish-build.ts'
import {parseContainerfile} from './parse/parse-containerfile.ts'
import {type BuildPlan, type PlannedStage, planBuild} from './plan.ts'
import {isProxyVariable} from './proxy-variables.ts'
import {StageBuilder} from './stage-builder.ts'
import {runStages} from './stage-schedule.ts'
import {StageSources} from './stage-sources.ts'
import {defaultPath, type StageState, splitPair} from './stage-state.ts'

/**
 * Builds an image from a Containerfile: the stages that the target needs, steps that an earlier build made taken from
 * its images. The result carries the request's tags and labels; progress is told line by line as podman does.
 * @throws ERR_CONTAINERFILE naming the line; ERR_BUILD_STEP, whose cause holds the exit code of a failed RUN
 */
export async function build(request: BuildRequest, services: BuildServices): Promise<Image> {
  const file = await parseContainerfile(request.containerfiles.join('\n'))
  const plan = planBuild(file, request)
  await using sources = new StageSources(request, services, file.stages)
  await using hold = await services.images.holdLayers()
  await hold.addUnknown()
  const states = new Map<number, StageState>()
  const last = plan.stages.at(-1)
  if (!last) throw new EngineError('ERR_CONTAINERFILE', 'file with no instructions')
  await runStages(plan.stages, request.jobs, async (planned, stop) => {
    const {globalArgs} = plan
    const context = {request, services, globalArgs, escapeChar: file.escapeChar, sources, stop}
    const state = await buildStage(context, plan, planned, states)
    states.set(planned.stage.index, state)
    sources.finish(planned.stage.index, state.image)
  })
  warnUnusedArgs(request, file.stages, services)
  return finishBuild(request, services, states.get(last.stage.index) as StageState, labelOf(plan, last))
}

async function buildStage(
  context: BuildContext,
  plan: BuildPlan,
  planned: PlannedStage,
  states: ReadonlyMap<number, StageState>,
): Promise<StageState> {
  const position = plan.stages.indexOf(planned)
  const builder = new StageBuilder(context, planned, {
    label: labelOf(plan, planned),
    isLast: position === plan.stages.length - 1,
    base: () => baseState(context, planned, states),
  })
  return (await builder.build()).state
}

/** Which of several stages it is. */
function labelOf({stages}: BuildPlan, planned: PlannedStage): string {
  return stages.length > 1 ? `[${stages.indexOf(planned) + 1}/${stages.length}] ` : ''
}

async function baseState(
  {request, services}: BuildContext,
  {base, platform}: PlannedStage,
  states: ReadonlyMap<number, StageState>,
): Promise<StageState> {
  if (base === 'scratch') return {config: {Env: [defaultPath]}, args: {}}
  if ('stage' in base) {
    const {image, base: first, config, author} = states.get(base.stage) ?? {config: {}}
    return {image, base: first, config, author, args: {}}
  }
  const wanted = platform === undefined ? request.platform : parsePlatform(platform)
  const image = await services.baseImage(base.image, wanted).catch((error: unknown) => {
    throw inContext('creating build container', error)
  })
  return {image, base: image, config: inheritedConfig(request, image), args: {}}
}

function inheritedConfig({inheritLabels, unsetLabels}: BuildRequest, image: Image): ImageRunConfig {
  const config = image.config.config ?? {}
  if (inheritLabels && unsetLabels.length === 0) return config
  const kept = Object.entries(config.Labels ?? {}).filter(([name]) => inheritLabels && !unsetLabels.includes(name))
  return {...config, Labels: Object.fromEntries(kept)}
}

/** `os/architecture[/variant]` */
export function parsePlatform(text: string): NonNullable<BuildRequest['platform']> {
  const [os = '', architecture = '', variant, ...more] = text.split('/')
  if (os === '' || architecture === '' || more.length > 0)
    throw new EngineError(
      'ERR_REFUSED',
      `invalid platform syntax for ${JSON.stringify(text)} (use OS/ARCH[/VARIANT][,...])`,
    )
  return {os, architecture, ...(variant === undefined ? {} : {variant})}
}

/** Build arguments that no ARG takes: most often a typing mistake. */
function warnUnusedArgs(
  request: BuildRequest,
  stages: Awaited<ReturnType<typeof parseContainerfile>>['stages'],
  services: BuildServices,
): void {
  const declared = new Set(
    stages.flatMap(({instructions}) =>
      instructions.flatMap(({keyword, text}) =>
        keyword === 'ARG' ? text.split(/\s+/).map((word) => splitPair(word)[0]) : [],
      ),
    ),
  )
  const unused = Object.keys(request.buildArgs).filter((name) => !declared.has(name) && !isProxyVariable(name))
  if (unused.length > 0) services.report(`[Warning] one or more build args were not consumed: [${unused.join(' ')}]`)
}
