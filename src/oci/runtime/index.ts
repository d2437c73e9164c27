export {findRuntime, type RuntimesConfig} from './find-runtime.ts'
export type {CheckpointArgs, OciRuntime, RuntimeProcess, RuntimeUsage} from './oci-runtime.ts'
export {lastLoggedError, loggedWarnings, plainMessage, runtimeError} from './runtime-error.ts'
