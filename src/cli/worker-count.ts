import {availableParallelism} from 'node:os'
import {EngineError} from '../errors/index.ts'

/** How many objects a command works on at the same time: `--max-workers`, or as podman counts its workers. */
export function workerCount({'max-workers': given}: {readonly 'max-workers'?: number}): number {
  if (given === undefined) return availableParallelism() * 3 + 1
  if (given > 0) return given
  throw new EngineError('ERR_REFUSED', `maximum workers must be set to a positive number (got ${given})`)
}
