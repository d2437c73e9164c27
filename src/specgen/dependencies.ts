import type {MountTemplate, NamespacesTemplate} from '../libpod/define/spec-vocabulary.ts'
import type {ContainerRequest} from './container-request.ts'
import {refuse, refuseArgument} from './refuse.ts'
import type {SpecServices} from './services.ts'

/** Ids of the containers that this one, `id`, cannot run without. @throws ERR_REFUSED, ERR_INVALID_ARG in podman's words */
export function resolveDependencies(
  id: string,
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
  const all = [...new Set([...required, ...shared])]
  for (const needed of all) checkPods({id, pod: request.pod}, {id: needed, pod: containers.lookup(needed).config.pod})
  return all
}

interface InPod {
  readonly id: string
  readonly pod?: string
}

/** A pod starts, stops and goes as a whole: nothing outside can need a part of it, nor a part something outside. */
function checkPods(own: InPod, needed: InPod): void {
  if (own.pod === needed.pod) return
  refuseArgument(
    own.pod === undefined
      ? `container ${own.id} depends on container ${needed.id} which is in a pod - containers not in pods cannot depend on containers in pods`
      : `running container create option: container has joined pod ${own.pod} and dependency container ${needed.id} is not a member of the pod`,
  )
}

/** Destination and source of each mount, for listings and their filters. */
export function mountPointsOf(mounts: readonly MountTemplate[]): {destination: string; source: string}[] {
  return mounts.flatMap((mount) => {
    if (mount.type === 'bind' || mount.type === 'image') return [{destination: mount.destination, source: mount.source}]
    return mount.type === 'volume' ? [{destination: mount.destination, source: mount.name}] : []
  })
}
