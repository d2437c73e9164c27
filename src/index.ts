import {specServices} from './cli/create-options/spec-services.ts'
import type {Container} from './libpod/container.ts'
import type {Runtime} from './libpod/runtime.ts'
import {type ContainerRequest, generateContainer} from './specgen/index.ts'

export {type ConfigOptions, type EngineConfig, type GlobalOptions, loadConfig} from './config/index.ts'
export {EngineError, type ErrorCode, type ErrorKind, errorTable, hasCode} from './errors/index.ts'
export {type Image, importImage, type LoadedImage, type LoadOptions, loadImages, saveImages} from './image/index.ts'
export * from './libpod/index.ts'
export type {ContainerRequest} from './specgen/index.ts'

/**
 * Makes a container as `berth create` does: what the request leaves out comes from the image and from containers.conf.
 * Nothing runs yet: see `Container.start`.
 *
 * @param warn told about what is done differently than asked; by default a warning of the process
 * @throws ERR_IMAGE_UNKNOWN, ERR_CTR_NAME_IN_USE, ERR_REFUSED and others for a request that makes no sense
 */
export function createContainer(
  runtime: Runtime,
  request: ContainerRequest,
  warn: (sentence: string) => void = (sentence) => process.emitWarning(sentence),
): Promise<Container> {
  const services = specServices(runtime, {environment: process.env, warn})
  return runtime.createContainer(generateContainer(request, services))
}
