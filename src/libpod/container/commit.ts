import type {Readable} from 'node:stream'
import {type LayerRecord, tarTree} from '../../../storage/index.ts'
import {EngineError} from '../../errors/index.ts'
import {
  applyChanges,
  createImageFromLayer,
  type Image,
  type LayerHold,
  NewImageReport,
  overrideConfig,
  parseLocalReference,
} from '../../image/index.ts'
import type {ImageRunConfig} from '../../oci/types/image-spec.ts'
import type {ContainerConfig} from '../define/container-config.ts'
import {rfc3339Now} from '../define/time.ts'
import type {CommitOptions} from '../define/verb-options.ts'
import type {Engine} from '../engine.ts'
import type {HeldContainer} from './held-container.ts'
import {withRootfs} from './mount.ts'
import {idMapsOf} from './user-namespace.ts'
import {changeContainer} from './with-container.ts'

/** Makes an image of what the container is now; a running one is paused while its layer is read, when asked. */
export async function commitContainer(engine: Engine, id: string, options: CommitOptions = {}): Promise<string> {
  const reference = options.reference ? parseLocalReference(options.reference) : undefined
  if (options.message && options.format !== 'docker')
    throw new EngineError('ERR_REFUSED', 'messages are only compatible with the docker image format (-f docker)')
  return changeContainer(engine, id, async (held) => {
    const image = await paused(held, options.pause ?? false, () => makeImage(held, options))
    if (reference) await engine.images.tag(image.id, [options.reference ?? ''])
    engine.events.container('commit', held.config)
    return image.id
  })
}

async function makeImage(held: HeldContainer, options: CommitOptions): Promise<Image> {
  const {engine, config} = held
  const plain = imageConfig(held, options)
  const merged = options.override ? overrideConfig(plain, options.override) : plain
  const runConfig = applyChanges(merged, options.changes ?? [])
  const base = config.image && !options.squash ? engine.images.find(config.image.id) : undefined
  await using hold: LayerHold = await engine.images.holdLayers()
  await hold.addUnknown()
  const report = new NewImageReport(options.report)
  for (const diffID of base?.record.diffIDs ?? []) report.layer(diffID, 'below')
  const layer = await applyLayer(held, base)
  report.layer(layer.diffID, 'new')
  const created = rfc3339Now()
  const image = await createImageFromLayer(engine.images, {
    ...(base && {base}),
    layer,
    config: runConfig,
    history: {
      created,
      created_by: config.command.join(' '),
      ...(options.author && {author: options.author}),
      ...(options.message && {comment: options.message}),
    },
    ...(options.author && {author: options.author}),
    createdAt: created,
    form: options.format === 'docker' ? 'v2s2' : 'oci',
  })
  report.image(`sha256:${image.id}`)
  return image
}

/** What the container changed on its image, or its whole tree where there is no image below. */
async function applyLayer({engine, id, config}: HeldContainer, base: Image | undefined): Promise<LayerRecord> {
  const apply = (source: Readable): Promise<LayerRecord> =>
    engine.layers.apply({source, ...(base?.topLayer && {parent: base.topLayer})})
  const options = {idMaps: idMapsOf(config)}
  if (base) return apply(await engine.layers.containerLayerTar(id, options))
  return withRootfs(engine, config.id, (rootfs) => apply(tarTree(rootfs, options)))
}

/** What a container of the new image runs by default: what this one runs. */
function imageConfig({engine, config}: HeldContainer, options: CommitOptions): ImageRunConfig {
  const {process, exposedPorts, labels, entrypoint, cmd} = config
  const kept = config.mounts.filter((mount) => options.includeVolumes || isAnonymous(engine, mount))
  const volumes = [...new Set([...config.imageVolumes, ...kept.map(({destination}) => destination)])]
  const keyed = (names: readonly string[]): Record<string, object> =>
    Object.fromEntries(names.map((name) => [name, {}]))
  return {
    ...(process.user && {User: process.user}),
    ...(exposedPorts.length > 0 && {ExposedPorts: keyed(exposedPorts)}),
    Env: process.env.filter((entry) => !entry.startsWith('HOSTNAME=')),
    ...(entrypoint.length > 0 && {Entrypoint: entrypoint}),
    ...(cmd.length > 0 && {Cmd: cmd}),
    ...(volumes.length > 0 && {Volumes: keyed(volumes)}),
    WorkingDir: process.workdir,
    ...(Object.keys(labels).length > 0 && {Labels: labels}),
    StopSignal: String(config.stopSignal),
  }
}

/** Volumes that came with `-v /path`; with --include-volumes all that was asked for is named. */
function isAnonymous(engine: Engine, mount: ContainerConfig['mounts'][number]): boolean {
  return mount.type === 'volume' && engine.volumes.find(mount.name)?.anonymous === true
}

async function paused<T>(held: HeldContainer, wanted: boolean, act: () => Promise<T>): Promise<T> {
  if (!wanted || !held.is('running')) return act()
  await held.ociRuntime.pause(held.id)
  try {
    return await act()
  } finally {
    await held.ociRuntime.resume(held.id).catch((cause: unknown) => {
      throw new EngineError('ERR_OCI_RUNTIME', `OCI runtime error: unpausing container ${held.id} after commit`, {
        cause,
      })
    })
  }
}
