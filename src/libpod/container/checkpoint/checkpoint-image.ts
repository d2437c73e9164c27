import {release} from 'node:os'
import {createImageFromLayer, hostArchitecture, type Image, type LayerHold} from '../../../image/index.ts'
import {rfc3339Now} from '../../define/time.ts'
import type {CheckpointOptions} from '../../define/verb-options.ts'
import type {HeldContainer} from '../held-container.ts'
import {withContent} from './export-checkpoint.ts'
import {criuVersion} from './require-criu.ts'

const ANNOTATION = 'io.podman.annotations.checkpoint.'

/** Makes an image that holds a checkpoint, under podman's annotations. */
export async function makeImage(held: HeldContainer, name: string, options: CheckpointOptions): Promise<void> {
  const {images, layers} = held.engine
  await using hold: LayerHold = await images.holdLayers()
  await hold.addUnknown()
  const layer = await withContent(held, options, (source) => layers.apply({source}))
  const createdAt = rfc3339Now()
  const image = await createImageFromLayer(images, {
    layer,
    config: {},
    history: {created: createdAt, created_by: 'checkpoint'},
    createdAt,
    annotations: await annotationsOf(held),
  })
  await images.tag(image.id, [name])
}

export function isCheckpointImage({manifestBytes}: Image): boolean {
  const {annotations} = JSON.parse(manifestBytes.toString()) as {annotations?: Readonly<Record<string, string>>}
  return annotations?.[`${ANNOTATION}name`] !== undefined
}

async function annotationsOf({config, ociRuntime, engine}: HeldContainer): Promise<Record<string, string>> {
  const facts = {
    name: config.name,
    ...(config.image && {rawImageName: config.image.rawName, rootfsImageID: config.image.id}),
    ...(config.image && {rootfsImageName: config.image.name}),
    'criu.version': String(await criuVersion()),
    'runtime.name': ociRuntime.name,
    'runtime.version': await ociRuntime.version(),
    'conmon.version': await engine.shim.version(),
    'host.arch': hostArchitecture(),
    'host.kernel': release(),
  }
  return Object.fromEntries(Object.entries(facts).map(([key, value]) => [ANNOTATION + key, value]))
}
