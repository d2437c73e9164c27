import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Resources, Spec} from '../../oci/types/runtime-spec.ts'
import type {ContainerConfig} from '../define/container-config.ts'
import type {UpdateOptions} from '../define/verb-options.ts'
import type {Engine} from '../engine.ts'
import type {HeldContainer} from './held-container.ts'
import {withContainer} from './with-container.ts'

/** Changes limits, at once where it runs and for every later start, and the restart policy. */
export function updateContainer(engine: Engine, id: string, options: UpdateOptions): Promise<void> {
  return withContainer(engine, id, async (held) => {
    const {resources, restartPolicy} = options
    if (resources && held.is('created', 'running', 'paused')) await held.ociRuntime.update(id, resources)
    engine.state.replace({
      ...held.config,
      ...options.config,
      ...(resources && {resources: merge(held.config, resources)}),
      ...(restartPolicy && {restartPolicy}),
    })
    if (resources) updateBundle(held, resources)
    engine.events.container('update', held.config)
  })
}

/** What the runtime was told, as `inspect` and exec read it. */
function updateBundle({bundle, status}: HeldContainer, resources: Resources): void {
  if (!['created', 'running', 'paused'].includes(status)) return
  const path = join(bundle, 'config.json')
  const spec = JSON.parse(readFileSync(path, 'utf8')) as Spec
  const old = spec.linux?.resources ?? {}
  const linux = {
    ...spec.linux,
    resources: {
      ...old,
      ...resources,
      memory: {...old.memory, ...resources.memory},
      cpu: {...old.cpu, ...resources.cpu},
      blockIO: {...old.blockIO, ...resources.blockIO},
    },
  }
  writeFileSync(path, JSON.stringify({...spec, linux}), {mode: 0o600})
}

function merge({resources: old}: ContainerConfig, change: Resources): ContainerConfig['resources'] {
  const {memory, cpu, pids, unified} = change
  return {
    ...old,
    ...(memory && {memory: {...old.memory, ...memory}}),
    ...(cpu && {cpu: {...old.cpu, ...cpu}, nanoCpus: cpu.quota || cpu.period ? undefined : old.nanoCpus}),
    ...(pids && {pidsLimit: pids.limit}),
    ...(unified && {unified: {...old.unified, ...unified}}),
  }
}
