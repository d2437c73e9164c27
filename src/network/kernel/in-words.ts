import {EngineError} from '../../errors/index.ts'

/** @throws ERR_NETWORK_SETUP for whatever fails within, saying at what */
export async function inWords<T>(verb: string, act: () => Promise<T> | T): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    if (cause instanceof EngineError) throw cause
    throw new EngineError('ERR_NETWORK_SETUP', `network ${verb}: ${(cause as Error).message}`, {cause})
  }
}
