import {hasCode} from '../../errors/index.ts'
import type {LockFile} from '../../host/index.ts'
import type {Engine} from '../engine.ts'
import {cleanupContainer} from './cleanup.ts'
import {keptExitCode} from './exit-codes.ts'
import {isOneOf} from './held-container.ts'
import {observe} from './observe.ts'
import {waitForEnd} from './wait-for-end.ts'

/**
 * Attends a container to its end: waits, does what the exit command would do, returns the exit code. A restart policy that
 * starts it again keeps us waiting.
 */
export async function finishContainer(engine: Engine, id: string, foreground: LockFile | undefined): Promise<number> {
  try {
    for (;;) {
      await engine.trace.time('wait', () => waitForEnd(engine, id))
      const code = exitCode(engine, id)
      await ignoreGone(engine.trace.time('cleanup', () => cleanup(engine, id)))
      if (!isLive(engine, id)) return code ?? keptExitCode(engine, id) ?? -1
    }
  } finally {
    foreground?.release()
  }
}

async function cleanup(engine: Engine, id: string): Promise<void> {
  const {autoRemove, autoRemoveImage} = engine.state.config(id)
  await cleanupContainer(engine, id, {remove: autoRemove, removeImage: autoRemoveImage, ifStopped: true})
}

function exitCode(engine: Engine, id: string): number | undefined {
  const {state} = observe(engine.state.layout, id, engine.state.run(id))
  return isOneOf(state, ['stopped', 'exited']) ? state.exitCode : undefined
}

function isLive(engine: Engine, id: string): boolean {
  return isOneOf(engine.state.run(id).state, ['created', 'running', 'paused', 'stopping'])
}

async function ignoreGone(step: Promise<void>): Promise<void> {
  try {
    await step
  } catch (error) {
    if (!hasCode(error, 'ERR_NO_SUCH_CTR')) throw error
  }
}
