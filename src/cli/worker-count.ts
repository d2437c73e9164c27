import {availableParallelism} from 'node:os'

/** How many objects a command works on at the same time, as podman counts its workers. */
export function workerCount(): number {
  return availableParallelism() * 3 + 1
}
