import {EngineError} from '../errors/index.ts'
import {createImageFromLayer, type Image} from '../image/index.ts'
import type {ImageHistory} from '../oci/types/image-spec.ts'
import type {BuildRequest, BuildServices} from './build-request.ts'
import {timeOf} from './commit-step.ts'
import {parseContainerfile} from './parse/parse-containerfile.ts'
import {type BuildPlan, type PlannedStage, planBuild} from './plan.ts'
import {type BuildContext, StageBuilder} from './stage-builder.ts'
import {StageSources} from './stage-sources.ts'
import {type StageState, splitPair, withEnvironment} from './stage-state.ts'

/**
 * Builds an image from a Containerfile: the stages that the target needs, steps that an earlier build made taken from
 * its images. The result carries the request's tags and labels; progress is told line by line as podman does.
 * @throws ERR_CONTAINERFILE naming the line; ERR_BUILD_STEP, whose cause holds the exit code of a failed RUN
 */
export async function build(request: BuildRequest, services: BuildServices): Promise<Image> {
  const file = await parseContainerfile(request.containerfiles.join('\n'))
  const plan = planBuild(file, request.buildArgs, request.target)
  await using sources = new StageSources(request, services, file.stages)
  await using hold = await services.images.holdLayers()
  await hold.addUnknown()
  const context: BuildContext = {request, services, globalArgs: plan.globalArgs, escapeChar: file.escapeChar, sources}
  const states = new Map<number, StageState>()
  let state: StageState | undefined
  for (const planned of plan.stages) {
    state = await buildStage(context, plan, planned, states)
    states.set(planned.stage.index, state)
    sources.finish(planned.stage.index, state.image)
  }
  if (!state) throw new EngineError('ERR_CONTAINERFILE', 'file with no instructions')
  warnUnusedArgs(request, file.stages, services)
  return finish(request, services, state)
}

async function buildStage(
  context: BuildContext,
  plan: BuildPlan,
  planned: PlannedStage,
  states: ReadonlyMap<number, StageState>,
): Promise<StageState> {
  const position = plan.stages.indexOf(planned)
  const builder = new StageBuilder(context, planned, {
    label: plan.stages.length > 1 ? `[${position + 1}/${plan.stages.length}] ` : '',
    isLast: position === plan.stages.length - 1,
    base: await baseState(context, planned, states),
  })
  return (await builder.build()).state
}

async function baseState(
  {request, services}: BuildContext,
  {base, platform}: PlannedStage,
  states: ReadonlyMap<number, StageState>,
): Promise<StageState> {
  if (base === 'scratch') return {config: {}, args: {}}
  if ('stage' in base) return {...(states.get(base.stage) ?? {config: {}}), args: {}}
  const image = await services.baseImage(
    base.image,
    platform === undefined ? request.platform : parsePlatform(platform),
  )
  return {image, base: image, config: image.config.config ?? {}, args: {}}
}

/** `os/architecture[/variant]` */
export function parsePlatform(text: string): NonNullable<BuildRequest['platform']> {
  const [os = '', architecture = '', variant, ...more] = text.split('/')
  if (os === '' || architecture === '' || more.length > 0)
    throw new EngineError('ERR_REFUSED', `unable to parse platform ${JSON.stringify(text)}`)
  return {os, architecture, ...(variant === undefined ? {} : {variant})}
}

/** Labels and variables of the command line, the names, and the last lines of the report. */
async function finish(request: BuildRequest, services: BuildServices, state: StageState): Promise<Image> {
  services.report(['COMMIT', ...request.tags.slice(0, 1)].join(' '))
  const image = await labelled(request, services, await squashed(request, services, state))
  await services.images.tag(image.id, request.tags)
  services.report(`--> ${image.id.slice(0, 11)}`)
  for (const tag of services.images.get(image.id).names.filter((name) => isTagOf(name, request.tags)))
    services.report(`Successfully tagged ${tag}`)
  return services.images.get(image.id)
}

function isTagOf(name: string, tags: readonly string[]): boolean {
  return tags.some((tag) => name === tag || name.endsWith(`/${tag}`) || name.endsWith(`/${tag}:latest`))
}

/**
 * One layer of what the build added (`new`), or of all there is. The history tells of the steps all the same, as having
 * no layers but for the last.
 */
async function squashed(request: BuildRequest, services: BuildServices, state: StageState): Promise<StageState> {
  const {image} = state
  if (!request.squash || !image?.topLayer) return state
  const base = request.squash === 'new' ? state.base : undefined
  if (base?.topLayer === image.topLayer) return state
  const layer = await services.layers.squash(image.topLayer, base?.topLayer)
  const added = (image.config.history ?? []).slice(base?.config.history?.length ?? 0)
  const history = added.map((entry, index) => ({...entry, empty_layer: index < added.length - 1}))
  return {
    ...state,
    image: await createImageFromLayer(services.images, {...squashRequest(request, state, history), base, layer}),
  }
}

function squashRequest(request: BuildRequest, {config, author}: StageState, history: readonly ImageHistory[]) {
  const createdAt = timeOf(request.timestamp)
  const form = request.format === 'docker' ? ('v2s2' as const) : ('oci' as const)
  return {
    config,
    author,
    createdAt,
    form,
    history: history.at(-1) ?? {created: createdAt},
    historyBefore: history.slice(0, -1),
  }
}

async function labelled(request: BuildRequest, services: BuildServices, state: StageState): Promise<Image> {
  const {labels, annotations, env, unsetEnv} = request
  const changes =
    [labels, annotations].some((table) => Object.keys(table).length > 0) || env.length + unsetEnv.length > 0
  if (state.image && !changes) return state.image
  const kept = (state.config.Env ?? []).filter((pair) => !unsetEnv.includes(splitPair(pair)[0]))
  const config = withEnvironment(
    {...state.config, Env: kept, Labels: {...state.config.Labels, ...labels}},
    env.map(splitPair),
  )
  const createdAt = timeOf(request.timestamp)
  return createImageFromLayer(services.images, {
    ...{base: state.image, config, createdAt, annotations},
    history: {
      created: createdAt,
      created_by: `/bin/sh -c #(nop) LABEL ${Object.entries(labels)
        .map(([key, value]) => `${JSON.stringify(key)}=${JSON.stringify(value)}`)
        .join(' ')}`,
    },
    form: request.format === 'docker' ? 'v2s2' : 'oci',
  })
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
  const unused = Object.keys(request.buildArgs).filter(
    (name) => !declared.has(name) && !proxyArgs.has(name.toLowerCase()),
  )
  if (unused.length > 0) services.report(`[Warning] one or more build args were not consumed: [${unused.join(' ')}]`)
}

const proxyArgs = new Set(['http_proxy', 'https_proxy', 'ftp_proxy', 'no_proxy', 'all_proxy'])
