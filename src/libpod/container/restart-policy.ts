import type {ContainerConfig} from '../define/container-config.ts'
import type {ContainerRun} from '../define/container-run.ts'
import type {HeldContainer} from './held-container.ts'
import {releaseResources} from './release-resources.ts'
import {startHeld} from './start-held.ts'

/** True when the container is to run again by itself. */
export function shouldRestart({restartPolicy}: ContainerConfig, run: ContainerRun): boolean {
  if (run.stoppedByUser || run.state.status !== 'stopped') return false
  switch (restartPolicy.name) {
    case 'always':
    case 'unless-stopped':
      return true
    case 'on-failure':
      return run.state.exitCode !== 0 && withinRetries(restartPolicy.maximumRetries, run.restartCount)
    default:
      return false
  }
}

/** Starts a container that has stopped again, when its policy says so. A restart that fails leaves it stopped. */
export async function restartByPolicy(held: HeldContainer): Promise<boolean> {
  if (!shouldRestart(held.config, held.run)) return false
  const restartCount = held.run.restartCount + 1
  await releaseResources(held, {deleteFromRuntime: true})
  held.engine.events.container('restart', held.config)
  held.save({restartCount})
  await startHeld(held)
  return true
}

function withinRetries(maximum: number, count: number): boolean {
  return maximum === 0 || count < maximum
}
