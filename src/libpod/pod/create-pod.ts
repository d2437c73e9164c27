import {runUndoable} from '../../errors/index.ts'
import type {Resources} from '../../oci/types/runtime-spec.ts'
import {removeContainer} from '../container/remove.ts'
import {createContainer} from '../create-container.ts'
import type {ContainerConfig} from '../define/container-config.ts'
import type {PodConfig} from '../define/pod.ts'
import type {Engine} from '../engine.ts'
import {limitPod, removePodCgroup} from './pod-cgroup.ts'

export interface PodPlan {
  /** Absent with `--infra=false`. Its `pod` and id are those of the pod's config. */
  readonly infra?: ContainerConfig
  /** Limits of all of the pod's containers together. */
  readonly resources?: Resources
}

export async function createPod(engine: Engine, config: PodConfig, {infra, resources}: PodPlan): Promise<void> {
  await runUndoable(async (undo) => {
    await engine.state.claimName(config.name, config.id)
    undo.push(() => engine.state.releaseName(config.name, config.id))
    if (resources && config.cgroupPath !== '') {
      undo.push(() => removePodCgroup(config.cgroupPath))
      limitPod(config.cgroupPath, resources)
    }
    if (infra) {
      await createContainer(engine, infra)
      undo.push(() => removeContainer(engine, infra.id, {infra: true, force: true}))
    }
    await engine.pods.add(config)
    undo.commit()
  })
  engine.events.write({Type: 'pod', Status: 'create', ID: config.id, Name: config.name})
}
