import type {LayerRecord} from '../../storage/layer-store.ts'
import {createImageFromLayer, type Image} from '../image/index.ts'
import type {BuildContext} from './build-context.ts'
import type {Instruction} from './parse/instruction.ts'
import {defaultShell, type StageState} from './stage-state.ts'

/** Makes the image of one step. `below` is what the history calls the image below it. */
export async function commitStep(
  {request, services}: BuildContext,
  state: StageState,
  step: {
    readonly layer: LayerRecord | undefined
    readonly instruction: Instruction
    readonly below: string | undefined
  },
): Promise<Image> {
  const createdAt = timeOf(request.timestamp)
  return createImageFromLayer(services.images, {
    base: state.image,
    layer: step.layer,
    config: state.config,
    createdAt,
    history: {
      created: createdAt,
      created_by: createdBy(step.instruction, state),
      ...(state.author === undefined ? {} : {author: state.author}),
      ...(step.below === undefined ? {} : {comment: `FROM ${step.below}`}),
    },
    ...(state.author === undefined ? {} : {author: state.author}),
    form: request.format === 'docker' ? 'v2s2' : 'oci',
    ...(request.platform ?? {}),
  })
}

/** RFC 3339; with `--timestamp` the same for every build. */
export function timeOf(timestamp: number | undefined): string {
  return new Date(timestamp === undefined ? Date.now() : timestamp * 1000).toISOString()
}

/** As Docker and buildah write it into the history: what ran, or that nothing did. */
function createdBy({keyword, text, original}: Instruction, state: StageState): string {
  if (keyword === 'ARG') return `/bin/sh -c #(nop) ARG ${Object.keys(state.args).sort().join(' ')}`
  if (keyword !== 'RUN') return `/bin/sh -c #(nop) ${original}`
  const shell = (state.config.Shell ?? defaultShell).join(' ')
  const args = Object.entries(state.args)
    .map(([name, value]) => `${name}=${value} `)
    .sort()
  return args.length > 0 ? `|${args.length} ${args.join('')}${shell} ${text}` : `${shell} ${text}`
}
