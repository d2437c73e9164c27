import type {PlannedStage} from './plan.ts'

/**
 * Builds each stage as soon as those it needs are there, at most `jobs` at once (0: all). When one fails, the others are
 * told to stop, and its error is thrown when they have.
 */
export async function runStages(
  stages: readonly PlannedStage[],
  jobs: number,
  build: (stage: PlannedStage, stop: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController()
  const done = new Set<number>()
  const waiting = [...stages]
  const running = new Set<Promise<void>>()
  const limit = jobs > 0 ? jobs : stages.length
  while (waiting.length + running.size > 0) {
    for (const stage of readyOf(waiting, done).slice(0, limit - running.size)) {
      waiting.splice(waiting.indexOf(stage), 1)
      const ended = build(stage, failed.signal)
        .then(() => void done.add(stage.stage.index))
        .catch((error: unknown) => failed.abort(error))
        .finally(() => running.delete(ended))
      running.add(ended)
    }
    await Promise.race(running)
    if (failed.signal.aborted) {
      await Promise.all(running)
      throw failed.signal.reason
    }
  }
}

function readyOf(waiting: readonly PlannedStage[], done: ReadonlySet<number>): readonly PlannedStage[] {
  return waiting.filter(({needs}) => needs.every((index) => done.has(index)))
}
