import {EngineError} from '../../errors/index.ts'
import type {Engine} from '../engine.ts'
import type {HeldContainer} from './held-container.ts'
import {observe} from './observe.ts'

/** @throws ERR_CTR_STATE_INVALID in podman's words */
export function requireDependencies({engine, config}: HeldContainer): void {
  const missing = config.dependencies.filter((dependency) => !isRunning(engine, dependency))
  if (missing.length === 0) return
  throw new EngineError(
    'ERR_CTR_STATE_INVALID',
    `some dependencies of container ${config.id} are not started: ${missing.join(', ')}`,
  )
}

export function isRunning(engine: Engine, id: string): boolean {
  const {status} = observe(engine.state.layout, id, engine.state.run(id)).state
  return status === 'running' || status === 'paused'
}
