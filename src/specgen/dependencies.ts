import type {MountTemplate, NamespacesTemplate} from '../libpod/define/spec-vocabulary.ts'
import type {ContainerRequest} from './container-request.ts'
import {refuse} from './refuse.ts'
import type {SpecServices} from './services.ts'

/** Ids of the containers that this one cannot run without. @throws ERR_REFUSED in podman's words */
export function resolveDependencies(
  request: ContainerRequest,
  namespaces: NamespacesTemplate,
  {containers}: SpecServices,
): string[] {
  const required = (request.requires ?? []).map((name) => {
    try {
      return containers.lookup(name).id
    } catch (cause) {
      return refuse(
        `${JSON.stringify(name)} is not a valid container, cannot be used as a dependency: ${(cause as Error).message}`,
        cause,
      )
    }
  })
  const shared = Object.values(namespaces).flatMap((namespace) =>
    namespace.mode === 'container' ? [namespace.container] : [],
  )
  return [...new Set([...required, ...shared])]
}

/** Destination and source of each mount, for listings and their filters. */
export function mountPointsOf(mounts: readonly MountTemplate[]): {destination: string; source: string}[] {
  return mounts.flatMap((mount) => {
    if (mount.type === 'bind' || mount.type === 'image') return [{destination: mount.destination, source: mount.source}]
    return mount.type === 'volume' ? [{destination: mount.destination, source: mount.name}] : []
  })
}
