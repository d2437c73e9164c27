import {randomBytes} from 'node:crypto'
import {existsSync} from 'node:fs'
import {writeFileAtomic} from '../../host/index.ts'
import type {Container} from '../../libpod/container.ts'
import type {Runtime} from '../../libpod/runtime.ts'
import {freeHostPort} from '../../network/index.ts'
import {type ContainerRequest, generateContainer, refuse, type SpecServices} from '../../specgen/index.ts'
import {type CreateOptions, containerRequest} from './create-flags.ts'
import {findImage} from './find-image.ts'
import type {OptionContext} from './option-context.ts'

export interface CreateCall {
  readonly given: CreateOptions
  /** Image or root filesystem, then the command. */
  readonly words: readonly string[]
  readonly context: OptionContext
  readonly createCommand: readonly string[]
  /** What the command adds to the options' request. */
  readonly more?: Partial<ContainerRequest>
}

/** Makes the container that a `create` or `run` command line asks for, and its `--cidfile`. */
export async function createContainer(open: () => Promise<Runtime>, call: CreateCall): Promise<Container> {
  const {given, words, context, createCommand, more} = call
  const request = {...containerRequest(given, words, context), ...more, createCommand}
  if (request.replace && request.name === undefined) refuse('cannot replace container without --name being set')
  if (request.cidFile !== undefined) checkCidFile(request.cidFile)
  const runtime = await open()
  const config = generateContainer(request, specServices(runtime, given, context))
  if (request.replace) await runtime.containers.find(config.name)?.remove({force: true, volumes: true})
  const container = await runtime.createContainer(config)
  if (request.cidFile !== undefined) writeFileAtomic(request.cidFile, container.id, {mode: 0o644, durable: false})
  return container
}

function checkCidFile(path: string): void {
  if (existsSync(path)) refuse(`container id file exists. Ensure another container is not using it or delete ${path}`)
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : '.'
  if (!existsSync(folder)) refuse(`opening cidfile ${path}`)
}

function specServices(runtime: Runtime, given: CreateOptions, context: OptionContext): SpecServices {
  const {config} = runtime
  return {
    config,
    images: {resolve: (name) => findImage(runtime.images, name, given, config.engine.pullPolicy)},
    containers: runtime.containers,
    networks: {lookup: (name) => runtime.networks.store.lookup(name)},
    secrets: {lookup: (name) => runtime.secrets.lookup(name)},
    freePort: freeHostPort,
    generateName: () => runtime.generateName(),
    generateID: () => randomBytes(32).toString('hex'),
    now: () => new Date(),
    environment: context.environment,
    warn: (sentence) => context.warn(sentence),
  }
}
