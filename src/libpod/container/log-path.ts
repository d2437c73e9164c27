import {join} from 'node:path'
import type {ContainerConfig} from '../define/container-config.ts'
import type {Engine} from '../engine.ts'

/** Where the container's log lies; undefined for drivers that keep no file. */
export function logPath(engine: Engine, {id, log}: Pick<ContainerConfig, 'id' | 'log'>): string | undefined {
  if (log.driver !== 'k8s-file' && log.driver !== 'json-file') return undefined
  return log.path || join(engine.state.layout.userData(id), 'ctr.log')
}
