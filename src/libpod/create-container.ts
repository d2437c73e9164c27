import {inContext, runUndoable} from '../errors/index.ts'
import {prepareVolumes} from './container/prepare-volumes.ts'
import {removeContainer} from './container/remove.ts'
import type {ContainerConfig} from './define/container-config.ts'
import type {EngineEvent} from './define/event.ts'
import type {Engine} from './engine.ts'

/** Records a container, with its layer and the volumes it names. */
export async function createContainer(engine: Engine, config: ContainerConfig): Promise<void> {
  // A runtime that is not there is the request's mistake, not the first start's.
  engine.ociRuntime(config.runtime)
  await engine.state.add(config, () =>
    runUndoable(async (undo) => {
      if (!config.rootfs) {
        await engine.trace.time('create layer', () =>
          engine.layers.createContainerLayer(config.id, config.image?.topLayer),
        )
        undo.push(() => engine.layers.removeContainerLayer(config.id))
      }
      await createVolumes(engine, config)
    }),
  )
  if (engine.config.containers.prepareVolumeOnCreate) await prepareNow(engine, config.id)
  engine.events.container('create', config, await inspectData(engine, config.id))
}

/** A container whose volumes cannot be filled was never there. */
async function prepareNow(engine: Engine, id: string): Promise<void> {
  await runUndoable(async (undo) => {
    undo.push(() => removeContainer(engine, id, {volumes: true, infra: true}))
    await prepareVolumes(engine, id)
  })
}

/** All of the container as JSON, where `events_container_create_inspect_data` asks for it. */
async function inspectData(engine: Engine, id: string): Promise<Pick<EngineEvent, 'ContainerInspectData'>> {
  if (!engine.config.engine.eventsContainerCreateInspectData) return {}
  const {inspectContainer} = await import('./container/inspect/inspect.ts')
  return {ContainerInspectData: JSON.stringify(await inspectContainer(engine, id, {}))}
}

/** Volumes that are not there are made by their first user. Two that make one at a time both find it. */
async function createVolumes({volumes}: Engine, {id, mounts}: ContainerConfig): Promise<void> {
  for (const mount of mounts) {
    if (mount.type !== 'volume' || volumes.find(mount.name)) continue
    const {name, anonymous, volumeOptions} = mount
    const request = {name, anonymous, madeFor: id, ...(volumeOptions && {options: volumeOptions})}
    await volumes.create(request).catch((error: unknown) => {
      if (volumes.find(name)) return
      throw inContext(`creating named volume ${JSON.stringify(name)}`, error)
    })
  }
}
