import {existsSync} from 'node:fs'
import {writeFileAtomic} from '../../host/index.ts'
import type {Container} from '../../libpod/container.ts'
import type {Runtime} from '../../libpod/runtime.ts'
import {type ContainerRequest, generateContainer, refuse} from '../../specgen/index.ts'
import {choosePod} from './choose-pod.ts'
import {type CreateOptions, containerRequest} from './create-flags.ts'
import type {OptionContext} from './option-context.ts'
import {type ImageWish, provideImage} from './provide-image.ts'
import {type ProvidedImage, specServices} from './spec-services.ts'

export interface CreateCall {
  open(): Promise<Runtime>
  readonly given: CreateOptions
  /** Image or root filesystem, then the command. */
  readonly words: readonly string[]
  readonly context: OptionContext
  readonly createCommand: readonly string[]
  /** What the command adds to the options' request. */
  readonly more: Partial<ContainerRequest>
  image(defaultPolicy: string): ImageWish
}

/** Makes the container that a `create` or `run` command line asks for, and its `--cidfile`. */
export async function createContainer(call: CreateCall): Promise<Container> {
  const {given, words, context, createCommand, more} = call
  const asked = {...containerRequest(given, words, context), ...more, createCommand}
  if (asked.replace && asked.name === undefined) refuse('cannot replace container without --name being set')
  if (asked.cidFile !== undefined) checkCidFile(asked.cidFile)
  const runtime = await call.open()
  const request = await choosePod(runtime, asked, call)
  const services = specServices(runtime, context, await imageFor(runtime, request, call))
  if (request.replace) await runtime.containers.find(request.name ?? '')?.remove({force: true, volumes: true})
  const container = await runtime.createContainer(generateContainer(request, services))
  if (request.cidFile !== undefined) writeFileAtomic(request.cidFile, container.id, {mode: 0o644, durable: false})
  return container
}

function checkCidFile(path: string): void {
  if (existsSync(path)) refuse(`container id file exists. Ensure another container is not using it or delete ${path}`)
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : '.'
  if (!existsSync(folder)) refuse(`opening cidfile ${path}`)
}

async function imageFor(
  runtime: Runtime,
  {image}: ContainerRequest,
  call: CreateCall,
): Promise<ProvidedImage | undefined> {
  if (image === undefined) return undefined
  const wish = call.image(runtime.config.engine.pullPolicy)
  return {asked: image, resolved: await provideImage(runtime.images, image, wish)}
}
