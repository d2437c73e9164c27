import type {Runtime} from '../libpod/runtime.ts'

/** Ids of the containers that are on the network. */
export function networkUsers(runtime: Runtime, networkName: string): readonly string[] {
  return runtime.containers.summaries().flatMap(({id, networks}) => (networks.includes(networkName) ? [id] : []))
}
