import {existsSync} from 'node:fs'
import {EngineError} from '../errors/index.ts'
import {resolveInRoot} from '../host/index.ts'
import type {Image} from '../image/index.ts'
import type {BuildRequest, BuildServices} from './build-request.ts'
import {fingerprint} from './copy/fingerprint.ts'
import {type ContextFilter, contextFilter} from './copy/ignore.ts'
import {namedContext} from './named-context.ts'
import type {Stage} from './parse/instruction.ts'
import {stageIndex} from './plan.ts'
import type {SourceRoot} from './steps/copy-sources.ts'
import type {MountWords} from './steps/run-mounts.ts'

/** Where a `from` leads: to a directory of the host, or to the tree of an image. */
type Origin = {readonly directory: string; readonly filter: () => Promise<ContextFilter>} | {readonly image?: Image}

/** Trees that `--from` names: named contexts, finished stages, images. Image trees stay mounted until disposed. */
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

  /**
   * Undefined is the build context.
   * @param before only stages before this one can be named @throws ERR_REFUSED, ERR_IMAGE_UNKNOWN
   */
  async rootOf(from: string | undefined, before: number): Promise<SourceRoot> {
    const origin = await this.#origin(from, before)
    if ('directory' in origin) return {directory: origin.directory, includes: await origin.filter()}
    return {directory: await this.treeOf(origin.image), includes: () => true}
  }

  /** The same for trees that are the same, without a look at their files; undefined where only that would tell. */
  async identityOf(from: string | undefined, before: number): Promise<string | undefined> {
    const origin = await this.#origin(from, before)
    return 'directory' in origin ? undefined : origin.image?.topLayer
  }

  /** Whether owners count: they do in images, not in what lies around on the host. */
  async isTree(from: string | undefined, before: number): Promise<boolean> {
    return !('directory' in (await this.#origin(from, before)))
  }

  /** What a `RUN --mount` shows of a source; null for one that shows none. */
  async identityOfMount(words: MountWords, before: number): Promise<string | null> {
    const type = words.type ?? 'bind'
    if (type !== 'bind' && !(type === 'cache' && words.from !== undefined)) return null
    const known = await this.identityOf(words.from, before)
    if (known !== undefined) return known
    const {directory, includes} = await this.rootOf(words.from, before)
    const path = words.source ?? words.src ?? '/'
    const place = resolveInRoot(directory, path)
    return existsSync(place) ? fingerprint(place, includes, true) : null
  }

  /** Mounted until disposed. @throws ERR_REFUSED for an image without files */
  treeOf(image: Image | undefined): Promise<string> {
    const layer = image?.topLayer
    if (layer === undefined) return Promise.reject(new EngineError('ERR_REFUSED', 'the source has no files'))
    const mounted = this.#mounted.get(layer) ?? this.#services.layers.mountLayer(layer)
    this.#mounted.set(layer, mounted)
    return mounted
  }

  async #origin(from: string | undefined, before: number): Promise<Origin> {
    const {contextDirectory, ignoreFile, containerfilePath, platform} = this.#request
    if (from === undefined)
      return {
        directory: contextDirectory,
        filter: () => contextFilter(contextDirectory, {ignoreFile, containerfile: containerfilePath}),
      }
    const named = namedContext(this.#request.buildContexts, from)
    if (named && 'directory' in named) return this.#directory(from, named.directory)
    if (named) return {image: await this.#services.baseImage(named.image, platform)}
    const index = stageIndex(from, this.#stages.slice(0, before))
    if (index !== undefined) return {image: this.#built.get(index)}
    return {image: await this.#services.baseImage(from, platform)}
  }

  #directory(name: string, directory: string): Origin {
    if (!existsSync(directory))
      throw new EngineError('ERR_REFUSED', `build context ${name}: ${directory}: no such file or directory`)
    return {directory, filter: () => contextFilter(directory)}
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const [layer, mounted] of this.#mounted) {
      const isMounted = await mounted.then(
        () => true,
        () => false,
      )
      if (isMounted) await this.#services.layers.unmountLayer(layer as `sha256:${string}`)
    }
  }
}
