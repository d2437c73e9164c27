import {EngineError} from '../../errors/index.ts'
import type {NamespaceTemplate} from '../../oci/spec/index.ts'
import type {HeldContainer} from './held-container.ts'
import {observe} from './observe.ts'

const FILES = {pid: 'pid', ipc: 'ipc', uts: 'uts', network: 'net', cgroup: 'cgroup', user: 'user'} as const
export type NamespaceKind = keyof typeof FILES

/**
 * A container whose namespaces another joins: it must run.
 * @throws ERR_CTR_STATE_INVALID in podman's words when it does not
 */
export function sharedContainer(
  {engine, id}: HeldContainer,
  other: string,
): {readonly pid: number; readonly bundle: string} {
  const {layout} = engine.state
  const {state} = observe(layout, other, engine.state.run(other))
  if (!('pid' in state))
    throw new EngineError(
      'ERR_CTR_STATE_INVALID',
      `cannot get namespace path of container ${other} for container ${id}: it is not running`,
    )
  return {pid: state.pid, bundle: layout.bundle(other)}
}

/** Path of a namespace that is not new: another container's, or the network namespace that was made for this one. */
export function namespacePath(
  held: HeldContainer,
  kind: NamespaceKind,
  namespace: NamespaceTemplate,
  netns: string | undefined,
): string | undefined {
  if (namespace.mode === 'container') return `/proc/${sharedContainer(held, namespace.container).pid}/ns/${FILES[kind]}`
  if (namespace.mode === 'path') return namespace.path
  return kind === 'network' ? netns : undefined
}
