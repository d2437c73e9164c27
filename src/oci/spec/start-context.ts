import type {Hooks, Mount} from '../types/runtime-spec.ts'
import type {ImageMount, NamespaceTemplate, VolumeMount} from './spec-template.ts'
import type {ResolvedUser} from './users/resolve-user.ts'

/** What is true of one start of a container; with a `SpecTemplate` it makes the config.json. */
export interface StartContext {
  /** Mount point of the root filesystem. */
  readonly rootfs: string
  readonly user: ResolvedUser
  readonly cgroupManager: 'cgroupfs' | 'systemd'
  readonly hooks: Hooks
  /** Files and directories that the engine put in place: `writeContainerFiles`, secrets, /dev/shm. */
  readonly mounts: readonly Mount[]
  /**
   * Path of a namespace that the engine made or found: of another container's process, of a pod, or the network
   * namespace it set up. Undefined for one that the OCI runtime makes.
   */
  namespacePath(
    type: 'pid' | 'ipc' | 'uts' | 'network' | 'cgroup' | 'user',
    namespace: NamespaceTemplate,
  ): string | undefined
  /** Host directory of a volume or image, mounted. */
  mountSource(mount: VolumeMount | ImageMount): string
  /** Host directory of the overlay that stands for a mount with `:O`. */
  overlaySource(destination: string): string
  /** Host directory or file that shows a mount's source with mapped owners, for a mount with `idmap`. */
  mappedSource?(destination: string): string | undefined
  /** Variables beside the template's: secrets, NOTIFY_SOCKET. */
  readonly env: Readonly<Record<string, string>>
}
