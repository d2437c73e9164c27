import {randomBytes} from 'node:crypto'
import type {Container} from './libpod/container.ts'
import type {Runtime} from './libpod/runtime.ts'
import {freeHostPort} from './network/index.ts'
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
  const config = generateContainer(request, {
    config: runtime.config,
    images: runtime.images,
    containers: runtime.containers,
    pods: runtime.pods,
    networks: {lookup: (name) => runtime.networks.store.lookup(name)},
    secrets: runtime.secrets,
    freePort: freeHostPort,
    generateName: () => runtime.generateName(),
    generateID: () => randomBytes(32).toString('hex'),
    now: () => new Date(),
    environment: process.env,
    warn,
  })
  return runtime.createContainer(config)
}
