import {existsSync} from 'node:fs'
import {EngineError} from '../errors/index.ts'
import type {Image} from '../image/index.ts'
import type {BuildRequest, BuildServices} from './build-request.ts'
import {contextFilter} from './copy/ignore.ts'
import type {Stage} from './parse/instruction.ts'
import {stageIndex} from './plan.ts'
import type {SourceRoot} from './steps/copy-sources.ts'

/** Trees that `--from` names: finished stages, images, named contexts. Image trees stay mounted until disposed. */
export class StageSources implements AsyncDisposable {
  readonly #request: BuildRequest
  readonly #services: BuildServices
  readonly #stages: readonly Stage[]
  readonly #built = new Map<number, Image | undefined>()
  readonly #mounted = new Map<string, Promise<string>>()

  constructor(request: BuildRequest, services: BuildServices, stages: readonly Stage[]) {
    this.#request = request
    this.#services = services
    this.#stages = stages
  }

  /** Makes a finished stage known; without an image it is an empty tree. */
  finish(stage: number, image: Image | undefined): void {
    this.#built.set(stage, image)
  }

  /** @param before only stages before this one can be named @throws ERR_REFUSED, ERR_IMAGE_UNKNOWN */
  async rootOf(from: string, before: number): Promise<SourceRoot> {
    const index = stageIndex(from, this.#stages.slice(0, before))
    if (index !== undefined) return this.#everything(await this.#mount(this.#built.get(index)))
    const named = this.#request.buildContexts[from]
    if (named !== undefined && !/^(docker-image|container-image|docker):\/\//.test(named))
      return this.#directory(from, named)
    const name = named?.replace(/^[\w-]+:\/\//, '') ?? from
    return this.#everything(await this.#mount(await this.#services.baseImage(name, this.#request.platform)))
  }

  async #directory(name: string, directory: string): Promise<SourceRoot> {
    if (!existsSync(directory))
      throw new EngineError('ERR_REFUSED', `build context ${name}: ${directory}: no such file or directory`)
    return {directory, includes: await contextFilter(directory)}
  }

  #everything(directory: string): SourceRoot {
    return {directory, includes: () => true}
  }

  #mount(image: Image | undefined): Promise<string> {
    const layer = image?.topLayer
    if (layer === undefined) return Promise.reject(new EngineError('ERR_REFUSED', 'the source has no files'))
    const mounted = this.#mounted.get(layer) ?? this.#services.layers.mountLayer(layer)
    this.#mounted.set(layer, mounted)
    return mounted
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const [layer, mounted] of this.#mounted)
      if (
        await mounted.then(
          () => true,
          () => false,
        )
      )
        await this.#services.layers.unmountLayer(layer as `sha256:${string}`)
  }
}
