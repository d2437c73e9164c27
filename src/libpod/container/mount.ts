import {EngineError} from '../../errors/index.ts'
import type {Engine} from '../engine.ts'
import {idMapsOf} from './user-namespace.ts'
import {changeContainer, withContainer} from './with-container.ts'

/** Mounts a container's root filesystem for its user to look at; counted. */
export function mountContainer(engine: Engine, id: string): Promise<string> {
  return changeContainer(engine, id, async (held) => {
    const {config} = held
    const path = config.rootfs?.path ?? (await engine.layers.mountContainerLayer(id, {idMaps: idMapsOf(config)}))
    if (!config.rootfs) held.save({userMounts: (held.run.userMounts ?? 0) + 1})
    engine.events.container('mount', config)
    return path
  })
}

/** Takes back one mount, with `force` all that users made. @throws ERR_CTR_STATE_INVALID while it runs on its last one */
export function unmountContainer(engine: Engine, id: string, options: {readonly force?: boolean} = {}): Promise<void> {
  return changeContainer(engine, id, async (held) => {
    const {config, run} = held
    const mounts = run.userMounts ?? 0
    if (mounts === 0 && held.is('created', 'running', 'paused'))
      throw new EngineError(
        'ERR_CTR_STATE_INVALID',
        `container ${id} is mounted and running or paused, refusing to unmount`,
      )
    const count = options.force ? mounts : Math.min(1, mounts)
    for (let index = 0; index < count; index++) await engine.layers.unmountContainerLayer(id)
    if (count > 0) held.save({userMounts: mounts - count})
    engine.events.container('unmount', config)
  })
}

/** Where it is mounted, by whomever. */
export function mountPointOf(engine: Engine, id: string): Promise<string | undefined> {
  return withContainer(engine, id, (held) => held.run.mountPoint ?? engine.layers.containerLayerMount(id)?.path)
}

/** Lets `act` see the root filesystem: where it is mounted already, else mounted for the time. */
export async function withRootfs<T>(engine: Engine, id: string, act: (rootfs: string) => Promise<T>): Promise<T> {
  const run = engine.state.run(id)
  const config = engine.state.config(id)
  if (run.mountPoint) return act(run.mountPoint)
  if (config.rootfs) return act(config.rootfs.path)
  const path = await engine.layers.mountContainerLayer(id, {idMaps: idMapsOf(config)})
  try {
    return await act(path)
  } finally {
    await engine.layers.unmountContainerLayer(id)
  }
}
