import {EngineError, hasCode, runUndoable} from '../../errors/index.ts'
import {removeContainer} from '../container/remove.ts'
import {createContainer} from '../create-container.ts'
import type {ContainerConfig} from '../define/container-config.ts'
import type {PodConfig} from '../define/pod.ts'
import type {Engine} from '../engine.ts'
import {releaseUnusedNames, removeHalfMadePods} from './half-made-pods.ts'
import {machineAnnotations} from './machine-limits.ts'
import {limitPod, removePodCgroup} from './pod-cgroup.ts'

export interface PodPlan {
  /** Absent with `--infra=false`. Its `pod` and id are those of the pod's config. */
  readonly infra?: ContainerConfig
}

export async function createPod(engine: Engine, asked: PodConfig, {infra}: PodPlan): Promise<void> {
  await removeHalfMadePods(engine)
  await releaseUnusedNames(engine)
  const config = (await isMachine(engine, asked, infra)) ? {...asked, isMachine: true} : asked
  // While it is held, nobody takes the infra container for one that a killed process left.
  using _lock = await engine.pods.lock(config.id)
  await runUndoable(async (undo) => {
    await claimName(engine, config)
    undo.push(() => engine.state.releaseName(config.name, config.id))
    if (infra) {
      const annotations = config.isMachine ? {...infra.annotations, ...machineAnnotations(config)} : infra.annotations
      await createContainer(engine, {...infra, annotations})
      undo.push(() => removeContainer(engine, infra.id, {infra: true, force: true}))
    }
    if (config.resources) {
      undo.push(() => removePodCgroup(config.cgroupPath))
      limitPod(config)
    }
    await engine.pods.add(config)
    undo.commit()
  })
  engine.events.write({Type: 'pod', Status: 'create', ID: config.id, Name: config.name})
}

/** Of interest only for its limits. */
async function isMachine(engine: Engine, {resources}: PodConfig, infra: ContainerConfig | undefined): Promise<boolean> {
  return resources !== undefined && infra !== undefined && engine.ociRuntime(infra.runtime).makesMachines()
}

async function claimName(engine: Engine, {name, id}: PodConfig): Promise<void> {
  try {
    await engine.state.claimName(name, id)
  } catch (cause) {
    if (!hasCode(cause, 'ERR_POD_EXISTS')) throw cause
    throw new EngineError('ERR_POD_EXISTS', `adding pod to state: name "${name}" is in use`, {cause})
  }
}
