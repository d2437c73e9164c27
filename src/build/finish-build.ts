import {createImageFromLayer, type Image, parseManifest, reviseImage} from '../image/index.ts'
import type {ImageHistory} from '../oci/types/image-spec.ts'
import type {BuildRequest, BuildServices} from './build-request.ts'
import {timeOf} from './commit-step.ts'
import {type StageState, splitPair, withEnvironment} from './stage-state.ts'

/** When the base was made says nothing about what lies on it. */
const CREATED = 'org.opencontainers.image.created'

/** What the command line says of the result, the names, and the last lines of the report, of which `label` says what stage it is. */
export async function finishBuild(
  request: BuildRequest,
  services: BuildServices,
  state: StageState,
  label = '',
): Promise<Image> {
  services.report(`${label}${['COMMIT', ...request.tags.slice(0, 1)].join(' ')}`)
  const configured = await labelled(request, services, await squashed(request, services, state))
  const image = await revised(request, services, configured, state.base)
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
  return {
    ...{config, author, createdAt, form: formOf(request), ...request.platform},
    history: history.at(-1) ?? {created: createdAt},
    historyBefore: history.slice(0, -1),
  }
}

/** Labels and variables of the command line: one more entry of the history, without a layer. */
async function labelled(request: BuildRequest, services: BuildServices, state: StageState): Promise<Image> {
  const {labels, env, unsetEnv} = request
  if (state.image && Object.keys(labels).length + env.length + unsetEnv.length === 0) return state.image
  const kept = (state.config.Env ?? []).filter((pair) => !unsetEnv.includes(splitPair(pair)[0]))
  const before = {...state.config, Env: kept, Labels: {...state.config.Labels, ...labels}}
  const {config} = withEnvironment({config: before, args: {}}, env.map(splitPair))
  const createdAt = timeOf(request.timestamp)
  const words = Object.entries(labels).map(([key, value]) => `${JSON.stringify(key)}=${JSON.stringify(value)}`)
  return createImageFromLayer(services.images, {
    ...{base: state.image, config, createdAt, form: formOf(request), ...request.platform},
    history: {created: createdAt, created_by: `/bin/sh -c #(nop) LABEL ${words.join(' ')}`},
  })
}

/** Annotations, which only OCI manifests have, and a history left out. */
async function revised(
  request: BuildRequest,
  services: BuildServices,
  image: Image,
  base: Image | undefined,
): Promise<Image> {
  const annotations = request.format === 'oci' ? annotationsOf(request, image, base) : {}
  const isPlain = Object.keys(annotations).length === 0 && !parseManifest(image.manifestBytes).annotations
  if (isPlain && !request.omitHistory) return image
  return reviseImage(services.images, image, {
    ...(request.format === 'oci' && {annotations}),
    omitHistory: request.omitHistory,
  })
}

function annotationsOf(
  {annotations, unsetAnnotations, inheritAnnotations, createdAnnotation}: BuildRequest,
  image: Image,
  base: Image | undefined,
): Readonly<Record<string, string>> {
  const inherited = Object.entries(
    (inheritAnnotations && base && parseManifest(base.manifestBytes).annotations) || {},
  ).filter(([name]) => name !== CREATED && !unsetAnnotations.includes(name))
  const created = image.config.created
  return {
    ...Object.fromEntries(inherited),
    ...(createdAnnotation && created !== undefined && {[CREATED]: created}),
    ...annotations,
  }
}

function formOf({format}: BuildRequest): 'oci' | 'v2s2' {
  return format === 'docker' ? 'v2s2' : 'oci'
}
