import {randomBytes} from 'node:crypto'
import type {Resolved} from '../../image/index.ts'
import type {Runtime} from '../../libpod/runtime.ts'
import {freeHostPort} from '../../network/index.ts'
import type {SpecServices} from '../../specgen/index.ts'
import type {OptionContext} from './option-context.ts'

/** The image that was found, or pulled, for the name that the command line gives. */
export interface ProvidedImage {
  readonly asked: string
  readonly resolved: Resolved
}

/** The engine as requests are resolved against it. */
export function specServices(
  runtime: Runtime,
  {environment, warn}: Pick<OptionContext, 'environment' | 'warn'>,
  provided?: ProvidedImage,
): SpecServices {
  const {config, images} = runtime
  return {
    config,
    images: {resolve: (name) => (provided?.asked === name ? provided.resolved : images.resolve(name))},
    containers: runtime.containers,
    pods: runtime.pods,
    networks: {lookup: (name) => runtime.networks.store.lookup(name)},
    secrets: {lookup: (name) => runtime.secrets.lookup(name)},
    freePort: freeHostPort,
    generateName: () => runtime.generateName(),
    generateID: () => randomBytes(32).toString('hex'),
    now: () => new Date(),
    environment,
    warn,
  }
}
