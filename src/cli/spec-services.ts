import {randomBytes} from 'node:crypto'
import type {Runtime} from '../libpod/runtime.ts'
import {freeHostPort} from '../network/index.ts'
import type {SpecServices} from '../specgen/index.ts'

/** What requests of a command line are resolved against: the engine's parts and the caller's surroundings. */
export function specServices(
  runtime: Runtime,
  caller: Pick<SpecServices, 'environment' | 'warn'>,
  images: SpecServices['images'] = runtime.images,
): SpecServices {
  return {
    config: runtime.config,
    images,
    containers: runtime.containers,
    pods: runtime.pods,
    networks: {lookup: (name) => runtime.networks.store.lookup(name)},
    secrets: {lookup: (name) => runtime.secrets.lookup(name)},
    freePort: freeHostPort,
    generateName: () => runtime.generateName(),
    generateID: () => randomBytes(32).toString('hex'),
    now: () => new Date(),
    environment: caller.environment,
    warn: (sentence) => caller.warn(sentence),
  }
}
