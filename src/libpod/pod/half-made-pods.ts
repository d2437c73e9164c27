import {hasCode} from '../../errors/index.ts'
import {removeContainer} from '../container/remove.ts'
import type {ContainerConfig} from '../define/container-config.ts'
import type {Engine} from '../engine.ts'
import {removePodCgroup} from './pod-cgroup.ts'

/** Frees the names that killed processes had taken for pods which they did not come to record. */
export async function releaseUnusedNames({state, pods}: Engine): Promise<void> {
  for (const {name, owner} of state.unusedNames()) {
    using lock = pods.tryLock(owner)
    if (!lock || pods.find(owner)) continue
    await state.releaseName(name, owner)
    pods.forgetLock(owner)
  }
}

/** Removes infra containers whose pod a killed process did not come to record, with the cgroup it had made. */
export async function removeHalfMadePods(engine: Engine): Promise<void> {
  for (const {id, pod} of orphans(engine)) {
    using lock = engine.pods.tryLock(pod)
    if (!lock || engine.pods.find(pod)) continue
    const {cgroup} = configOf(engine, id) ?? {}
    // Before the container, by which it is found. It never ran.
    if (cgroup?.parent.endsWith(`/${pod}`)) await removePodCgroup(cgroup.parent)
    await removeContainer(engine, id, {infra: true, force: true, volumes: true}).catch((error: unknown) => {
      if (!hasCode(error, 'ERR_NO_SUCH_CTR')) throw error
    })
    engine.pods.forgetLock(pod)
  }
}

function orphans({state, pods}: Engine): {id: string; pod: string}[] {
  return state.ids().flatMap((id) => {
    try {
      const {isInfra, pod} = state.summary(id)
      return isInfra && pod !== undefined && !pods.find(pod) ? [{id, pod}] : []
    } catch (error) {
      if (hasCode(error, 'ERR_NO_SUCH_CTR')) return []
      throw error
    }
  })
}

function configOf({state}: Engine, id: string): ContainerConfig | undefined {
  try {
    return state.config(id)
  } catch (error) {
    if (hasCode(error, 'ERR_NO_SUCH_CTR')) return undefined
    throw error
  }
}
