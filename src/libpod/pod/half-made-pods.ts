import {hasCode} from '../../errors/index.ts'
import {removeContainer} from '../container/remove.ts'
import type {ContainerConfig} from '../define/container-config.ts'
import type {Engine} from '../engine.ts'
import {removePodCgroup} from './pod-cgroup.ts'

/** Removes what a killed process had made of pods that it did not come to record: infra containers, cgroups, names. */
export async function removeHalfMadePods(engine: Engine): Promise<readonly string[]> {
  const removed = await removeOrphans(engine)
  await releaseUnusedNames(engine)
  return removed
}

async function releaseUnusedNames({state, pods}: Engine): Promise<void> {
  for (const {name, owner} of state.unusedNames()) {
    using lock = pods.tryLock(owner)
    if (!lock || pods.find(owner)) continue
    await state.releaseName(name, owner)
    pods.forgetLock(owner)
  }
}

async function removeOrphans(engine: Engine): Promise<readonly string[]> {
  const removed: string[] = []
  for (const {id, pod} of orphans(engine)) {
    using lock = engine.pods.tryLock(pod)
    if (!lock || engine.pods.find(pod)) continue
    const {cgroup} = configOf(engine, id) ?? {}
    await removeContainer(engine, id, {infra: true, force: true, volumes: true}).catch((error: unknown) => {
      if (!hasCode(error, 'ERR_NO_SUCH_CTR')) throw error
    })
    if (cgroup?.parent.endsWith(`/${pod}`)) await removePodCgroup(cgroup.parent)
    engine.pods.forgetLock(pod)
    removed.push(id)
  }
  return removed
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
