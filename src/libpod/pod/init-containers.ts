import {EngineError} from '../../errors/index.ts'
import {Container} from '../container.ts'
import type {PodMember} from '../define/pod.ts'
import type {Engine} from '../engine.ts'

/**
 * Runs a pod's init containers to their ends, one after the other as they were created; those of type `once` go then.
 * @throws ERR_POD_INIT, naming the one that failed, and what starting it throws
 */
export async function runInitContainers(engine: Engine, members: readonly PodMember[]): Promise<void> {
  for (const {id, initContainer} of members) {
    if (!initContainer) continue
    const container = new Container(engine, id)
    await container.start()
    const code = await container.wait()
    if (code !== 0) throw new EngineError('ERR_POD_INIT', `init container ${id} exited with code ${code}`)
    await container.cleanup({ifStopped: true})
    if (initContainer === 'once') await container.remove({volumes: true})
  }
}
