import {hasCode} from '../../errors/index.ts'
import type {ContainerListing} from '../define/container-listing.ts'
import type {PruneOptions, PruneReport} from '../define/verb-options.ts'
import type {Engine} from '../engine.ts'
import {isOneOf, liveStatuses} from './held-container.ts'
import {removeContainer} from './remove.ts'
import {containerSize} from './size.ts'

export async function pruneContainers(
  engine: Engine,
  listings: readonly ContainerListing[],
  options: PruneOptions,
): Promise<PruneReport> {
  const removed: {id: string; bytes: number}[] = []
  const failed: {id: string; error: unknown}[] = []
  for (const {summary, state} of listings) {
    const isInitialized = state.status === 'created'
    if ((isOneOf(state, liveStatuses) && !isInitialized) || summary.isInfra || options.keep?.(summary)) continue
    const {id} = summary
    try {
      const {rwBytes} = await containerSize(engine, id)
      await removeContainer(engine, id)
      removed.push({id, bytes: rwBytes})
    } catch (error) {
      // Somebody has started it since it was listed.
      if (isInitialized && hasCode(error, 'ERR_CTR_STATE_INVALID')) continue
      failed.push({id, error})
    }
  }
  return {removed, failed}
}
