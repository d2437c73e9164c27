import {EngineError} from '../../errors/index.ts'
import {isAlive} from '../../host/index.ts'
import type {Engine} from '../engine.ts'
import {statusName} from './held-container.ts'
import {waitForEnd} from './wait-for-end.ts'
import {withContainer} from './with-container.ts'

const SIGKILL = 9

export async function killContainer(engine: Engine, id: string, signal: number): Promise<void> {
  const refusal = (status: string): string => `can only kill running containers. ${id} is in state ${status}`
  await withContainer(engine, id, async (held) => {
    const state = held.require(['running', 'paused', 'stopping'], refusal(statusName(held.state)))
    try {
      await held.ociRuntime.kill(id, signal)
    } catch (error) {
      if (isAlive(state.process)) throw error
      throw new EngineError('ERR_CTR_STATE_INVALID', refusal('stopped'), {cause: error})
    }
    held.save({stoppedByUser: true})
    engine.events.container('kill', held.config)
  })
  // Who kills for good expects to find it dead.
  if (signal === SIGKILL) await waitForEnd(engine, id, undefined, 5000)
}
