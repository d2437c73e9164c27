/**
 * What went wrong, as front ends see it: the kind fixes an exit code in `src/cli/exit-codes.ts` and an HTTP status
 * in the API. `invalidArgument` is the caller's mistake, `internal` is ours.
 */
export type ErrorKind =
  | 'notFound'
  | 'alreadyExists'
  | 'invalidArgument'
  | 'invalidState'
  | 'inUse'
  | 'permission'
  | 'notSupported'
  | 'commandNotFound'
  | 'commandNotExecutable'
  | 'corrupt'
  | 'external'
  | 'internal'

/** What a code stands for. */
export interface ErrorInfo {
  readonly kind: ErrorKind
  /** The end of the message that podman prints for the same failure; scripts match it. Empty: the detail says all. */
  readonly summary: string
}

/** Every code that Berth throws. `docs/errors.md` lists the same codes; a test compares the two. */
export const errorTable = {
  ERR_INVALID_ARG: {kind: 'invalidArgument', summary: 'invalid argument'},
  /** A request that podman refuses with a sentence of its own, without a fixed ending. */
  ERR_REFUSED: {kind: 'invalidArgument', summary: ''},
  ERR_NOT_SUPPORTED: {kind: 'notSupported', summary: 'not supported'},
  ERR_INTERNAL: {kind: 'internal', summary: 'internal error'},
  ERR_IO: {kind: 'external', summary: 'input/output error'},
  ERR_NO_SPACE: {kind: 'external', summary: 'no space left on device'},
  ERR_PERMISSION: {kind: 'permission', summary: 'permission denied'},
  ERR_RECORD_CORRUPT: {kind: 'corrupt', summary: 'record is damaged'},
  ERR_RECORD_VERSION: {kind: 'corrupt', summary: 'record was written by a newer version'},
  ERR_SYSCALL: {kind: 'external', summary: 'system call failed'},
  ERR_PROGRAM_MISSING: {kind: 'external', summary: 'program is not installed'},
  ERR_PROGRAM_FAILED: {kind: 'external', summary: 'program failed'},
  ERR_CONFIG_INVALID: {kind: 'invalidArgument', summary: 'configuration is not valid'},

  ERR_NO_SUCH_CTR: {kind: 'notFound', summary: 'no such container'},
  ERR_CTR_EXISTS: {kind: 'alreadyExists', summary: 'container already exists'},
  ERR_CTR_NAME_IN_USE: {kind: 'alreadyExists', summary: 'that name is already in use'},
  ERR_CTR_STATE_INVALID: {kind: 'invalidState', summary: 'container state improper'},
  ERR_CTR_HAS_DEPENDENTS: {kind: 'inUse', summary: 'container already exists'},
  ERR_CTR_IS_INFRA: {kind: 'invalidArgument', summary: ''},
  ERR_NAME_EMPTY: {kind: 'invalidArgument', summary: 'name or ID cannot be empty'},
  ERR_CTR_AMBIGUOUS: {kind: 'invalidArgument', summary: 'more than one container matches'},
  ERR_EXEC_STATE: {kind: 'invalidState', summary: 'exec session state improper'},
  ERR_NO_SUCH_EXEC: {kind: 'notFound', summary: 'no such exec session'},
  ERR_NO_SUCH_POD: {kind: 'notFound', summary: 'no such pod'},
  ERR_POD_INIT: {kind: 'invalidState', summary: ''},
  ERR_POD_EXISTS: {kind: 'alreadyExists', summary: 'pod already exists'},
  ERR_NO_SUCH_VOLUME: {kind: 'notFound', summary: 'no such volume'},
  ERR_VOLUME_EXISTS: {kind: 'alreadyExists', summary: 'volume already exists'},
  ERR_VOLUME_IN_USE: {kind: 'inUse', summary: 'volume is being used'},
  ERR_VOLUME_MOUNT: {kind: 'external', summary: ''},
  ERR_VOLUME_PLUGIN: {kind: 'external', summary: ''},
  ERR_VOLUME_PLUGIN_MISSING: {kind: 'notFound', summary: 'required plugin missing'},
  ERR_NO_SUCH_SECRET: {kind: 'notFound', summary: 'no such secret'},
  ERR_SECRET_EXISTS: {kind: 'alreadyExists', summary: 'secret name in use'},
  ERR_SECRET_NAME: {kind: 'invalidArgument', summary: 'invalid secret name'},
  ERR_NO_SUCH_NETWORK: {kind: 'notFound', summary: 'network not found'},
  ERR_NETWORK_EXISTS: {kind: 'alreadyExists', summary: 'network already exists'},
  /** In the phase where podman reports its network errors as the command not being able to run: exit code 126. */
  ERR_IPAM: {kind: 'commandNotExecutable', summary: ''},
  ERR_NETWORK_SETUP: {kind: 'commandNotExecutable', summary: ''},
  ERR_PORT_IN_USE: {kind: 'commandNotExecutable', summary: ''},
  ERR_NETWORK_CONNECTED: {kind: 'alreadyExists', summary: 'network is already connected'},
  ERR_NETWORK_NOT_CONNECTED: {kind: 'notFound', summary: 'container is not connected to the network'},
  ERR_NETWORK_MODE: {kind: 'notSupported', summary: 'invalid network mode'},
  ERR_NETWORK_IN_USE: {kind: 'inUse', summary: 'network is being used'},
  /** Looked for when the container starts, hence the exit code of `run`: 126. */
  ERR_CDI_DEVICE: {kind: 'commandNotExecutable', summary: ''},
  ERR_NO_HEALTHCHECK: {kind: 'invalidState', summary: ''},
  ERR_NO_LOGS: {kind: 'invalidState', summary: 'this container is not logging output'},

  /** podman puts `OCI runtime error:` before what the runtime said: the detail does. */
  ERR_OCI_RUNTIME: {kind: 'commandNotExecutable', summary: ''},
  ERR_OCI_COMMAND_NOT_FOUND: {
    kind: 'commandNotFound',
    summary: 'OCI runtime attempted to invoke a command that was not found',
  },
  ERR_OCI_PERMISSION_DENIED: {kind: 'commandNotExecutable', summary: 'OCI permission denied'},
  ERR_SHIM_FAILED: {kind: 'external', summary: 'container monitor failed'},

  ERR_IMAGE_UNKNOWN: {kind: 'notFound', summary: 'image not known'},
  ERR_IMAGE_IN_USE: {kind: 'inUse', summary: 'image is in use by a container'},
  ERR_IMAGE_AMBIGUOUS: {kind: 'invalidArgument', summary: 'more than one image matches'},
  ERR_IMAGE_NAME_IN_USE: {kind: 'alreadyExists', summary: 'that name is already in use'},
  ERR_NOT_A_LIST: {kind: 'invalidArgument', summary: 'image is not a manifest list'},
  ERR_REFERENCE_INVALID: {kind: 'invalidArgument', summary: 'invalid reference format'},
  ERR_MANIFEST_INVALID: {kind: 'corrupt', summary: 'manifest is not valid'},
  ERR_ARCHIVE_INVALID: {kind: 'corrupt', summary: 'archive is not valid'},
  ERR_CONNECTION: {kind: 'external', summary: ''},
  ERR_REGISTRY: {kind: 'external', summary: ''},
  /** The registry answers with 429 or 5xx: worth another attempt. */
  ERR_REGISTRY_BUSY: {kind: 'external', summary: ''},
  /** The registry answers with 411 or 413: not in one go, or not so much at once. */
  ERR_UPLOAD_REFUSED: {kind: 'external', summary: ''},
  ERR_UNAUTHORIZED: {kind: 'permission', summary: ''},
  /** A registry has no such manifest, tag or repository. */
  ERR_MANIFEST_UNKNOWN: {kind: 'notFound', summary: ''},
  /** policy.json does not allow the image. */
  ERR_POLICY: {kind: 'permission', summary: ''},
  ERR_DIGEST_MISMATCH: {kind: 'corrupt', summary: 'digest does not match'},

  /** A Containerfile that cannot be read; the detail names the line. */
  ERR_CONTAINERFILE: {kind: 'invalidArgument', summary: ''},
  ERR_BUILD_STEP: {kind: 'external', summary: ''},

  ERR_LAYER_UNKNOWN: {kind: 'notFound', summary: 'layer not known'},
  ERR_SNAPSHOT_UNKNOWN: {kind: 'notFound', summary: 'snapshot not known'},
  ERR_SNAPSHOT_EXISTS: {kind: 'alreadyExists', summary: 'snapshot already exists'},
  ERR_SNAPSHOT_HAS_CHILDREN: {kind: 'inUse', summary: 'snapshot has children'},
  ERR_SNAPSHOT_STATE: {kind: 'invalidState', summary: 'snapshot state improper'},
  ERR_LAYER_ESCAPE: {kind: 'corrupt', summary: 'layer entry points outside the layer'},
  ERR_LAYER_ENTRY: {kind: 'corrupt', summary: 'layer entry is not valid'},

  /** Errors of berth-vm, the OCI runtime for VMs, worded as runc words them where callers match the text. */
  ERR_OCI_CTR_UNKNOWN: {kind: 'notFound', summary: 'container does not exist'},
  ERR_OCI_CTR_EXISTS: {kind: 'alreadyExists', summary: 'container with given ID already exists'},
  ERR_OCI_CTR_NOT_RUNNING: {kind: 'invalidState', summary: 'container not running'},
  ERR_OCI_STATE: {kind: 'invalidState', summary: ''},
  ERR_BUNDLE_INVALID: {kind: 'invalidArgument', summary: 'bundle is not valid'},
  ERR_HOOK_FAILED: {kind: 'external', summary: 'hook failed'},
  ERR_VM_CONFIG: {kind: 'external', summary: 'virtual machines are not possible here'},
  ERR_VM_START: {kind: 'external', summary: 'virtual machine did not start'},
  ERR_VM_GONE: {kind: 'external', summary: 'virtual machine is gone'},
  ERR_QMP: {kind: 'external', summary: 'hypervisor refused the request'},
  ERR_QMP_PROTOCOL: {kind: 'external', summary: 'hypervisor broke its protocol'},
  ERR_AGENT: {kind: 'external', summary: ''},
  ERR_AGENT_PROTOCOL: {kind: 'external', summary: 'guest broke the agent protocol'},
  ERR_AGENT_TIMEOUT: {kind: 'external', summary: 'guest agent did not answer'},
} as const satisfies Record<string, ErrorInfo>

/** A code of `errorTable`; callers branch on it, never on a message. */
export type ErrorCode = keyof typeof errorTable
