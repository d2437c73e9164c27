import type {Runtime} from '../libpod/runtime.ts'

/** Ids of the containers on each network that has any, from one look at all containers. */
export function networkUsers(runtime: Runtime): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>()
  for (const {id, networks} of runtime.containers.summaries())
    for (const name of networks) users.set(name, [...(users.get(name) ?? []), id])
  return users
}

/** Whether a network may not go: a container is on it, or it is the default one. */
export function networkInUse(runtime: Runtime): (name: string) => boolean {
  const users = networkUsers(runtime)
  const {defaultName} = runtime.networks.store
  return (name) => name === defaultName || users.has(name)
}
