import {EngineError} from '../../errors/index.ts'
import type {Spec} from '../../oci/types/runtime-spec.ts'

export type ContainerKind =
  /** Gets a machine of its own; containers of its pod may join. */
  {readonly kind: 'sandbox'; readonly sandbox: string} | {readonly kind: 'container'; readonly sandbox: string}

interface Dialect {
  readonly type: string
  readonly sandboxID: string
}

/** Annotation keys of containerd's CRI plugin, and of CRI-O, which podman sets too. */
const dialects: readonly Dialect[] = [
  {type: 'io.kubernetes.cri.container-type', sandboxID: 'io.kubernetes.cri.sandbox-id'},
  {type: 'io.kubernetes.cri-o.ContainerType', sandboxID: 'io.kubernetes.cri-o.SandboxID'},
]

/** Whether a container is a sandbox or joins one. Without annotations it is alone in a sandbox of its own. */
export function containerKind(id: string, spec: Spec): ContainerKind {
  const annotations = spec.annotations ?? {}
  const dialect = dialects.find(({type}) => annotations[type] !== undefined)
  if (!dialect) return {kind: 'sandbox', sandbox: id}
  const type = annotations[dialect.type]
  if (type === 'sandbox') return {kind: 'sandbox', sandbox: id}
  if (type !== 'container') throw new EngineError('ERR_INVALID_ARG', `annotation ${dialect.type}: ${type}`)
  const sandbox = annotations[dialect.sandboxID]
  if (!sandbox) throw new EngineError('ERR_INVALID_ARG', `annotation ${dialect.sandboxID} is missing`)
  return {kind: 'container', sandbox}
}
