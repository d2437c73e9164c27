import {join} from 'node:path'
import {EngineError} from '../../../errors/index.ts'
import {resolveInRoot} from '../../../host/index.ts'
import type {Mount} from '../../types/runtime-spec.ts'
import type {MountTemplate, SpecTemplate} from '../spec-template.ts'
import type {StartContext} from '../start-context.ts'

/** Words that the engine has acted on already, or that only SELinux hosts know; no OCI runtime takes them. */
const NOT_FOR_RUNTIMES = new Set(['z', 'Z', 'U', 'O', 'copy', 'nocopy', 'notmpcopyup', 'idmap'])

/** What the request asked to be mounted. */
export function requestMounts({mounts}: SpecTemplate, context: StartContext): Mount[] {
  return mounts.map((mount) => requestMount(mount, context))
}

function requestMount(mount: MountTemplate, context: StartContext): Mount {
  const {destination} = mount
  switch (mount.type) {
    case 'tmpfs':
    case 'ramfs':
      return {destination, type: mount.type, source: mount.type, options: forRuntime(mount.options)}
    case 'devpts':
      return {destination, type: 'devpts', source: 'devpts', options: forRuntime(mount.options)}
    case 'image': {
      const source = below(context.mountSource(mount), mount.subpath)
      return {destination, type: 'bind', source, options: ['rbind', 'rprivate', mount.readWrite ? 'rw' : 'ro']}
    }
    default: {
      const plain = mount.type === 'bind' ? mount.source : context.mountSource(mount)
      const host = context.mappedSource?.(destination) ?? plain
      const source = mount.overlay ? context.overlaySource(destination) : below(host, mount.subpath)
      return {destination, type: 'bind', source, options: forRuntime(mount.options)}
    }
  }
}

function forRuntime(options: readonly string[]): string[] {
  return options.filter((option) => !NOT_FOR_RUNTIMES.has(option) && !option.startsWith('idmap='))
}

/** A sub-directory of a volume or image, its links kept inside. */
function below(source: string, subpath: string | undefined): string {
  if (subpath === undefined || subpath === '') return source
  if (join('/', subpath) !== join('/', subpath).replace(/\/\.\.(\/|$)/, '/')) {
    throw new EngineError('ERR_INVALID_ARG', `subpath "${subpath}" leaves its volume`)
  }
  return resolveInRoot(source, subpath)
}
