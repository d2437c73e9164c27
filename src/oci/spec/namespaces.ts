import type {Linux, Namespace} from '../types/runtime-spec.ts'
import type {NamespacesTemplate, NamespaceTemplate, SpecTemplate} from './spec-template.ts'
import type {StartContext} from './start-context.ts'

const SHARED = ['pid', 'network', 'ipc', 'uts'] as const

/** The namespaces that are not the host's: new ones without a path, joined ones with theirs. */
export function buildNamespaces({namespaces}: SpecTemplate, context: StartContext): Namespace[] {
  const list = SHARED.flatMap((type) => namespace(type, namespaces, context))
  list.push({type: 'mount'}, ...namespace('cgroup', namespaces, context))
  const {user} = namespaces
  if (user.mode === 'host') return list
  const path = context.namespacePath(
    'user',
    user.mode === 'path' || user.mode === 'container' ? user : {mode: 'private'},
  )
  list.push({type: 'user', ...(path !== undefined && {path})})
  return list
}

function namespace(
  type: (typeof SHARED)[number] | 'cgroup',
  all: NamespacesTemplate,
  context: StartContext,
): Namespace[] {
  const wanted: NamespaceTemplate = all[type]
  if (wanted.mode === 'host') return []
  const path = wanted.mode === 'path' ? wanted.path : context.namespacePath(type, wanted)
  return [{type, ...(path !== undefined && {path})}]
}

/** Also of a container's namespace that is joined: runc refuses one without maps, and takes these when they are its own. */
export function idMappings({namespaces}: SpecTemplate): Pick<Linux, 'uidMappings' | 'gidMappings'> {
  const {mode, uidMap, gidMap} = namespaces.user
  if (mode === 'host' || mode === 'path' || uidMap.length === 0) return {}
  return {uidMappings: uidMap.map((map) => ({...map})), gidMappings: gidMap.map((map) => ({...map}))}
}
