import {EngineError} from '../errors/index.ts'

/** A mistake in a request that podman words as one sentence. */
export function refuse(message: string, cause?: unknown): never {
  throw new EngineError('ERR_REFUSED', message, {cause})
}

/** A mistake that podman ends with `: invalid argument`. */
export function refuseArgument(message: string, cause?: unknown): never {
  throw new EngineError('ERR_INVALID_ARG', message, {cause})
}
