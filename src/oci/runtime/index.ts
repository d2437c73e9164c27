export {findRuntime, type RuntimesConfig} from './find-runtime.ts'
export type {CheckpointArgs, OciRuntime, RuntimeProcess} from './oci-runtime.ts'
export {lastLoggedError, plainMessage, runtimeError} from './runtime-error.ts'
