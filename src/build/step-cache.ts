import {createHash} from 'node:crypto'
import {readdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../errors/index.ts'
import {readJson, writeJson} from '../host/index.ts'
import type {Image, ImageStore} from '../image/index.ts'

interface CacheEntry {
  readonly version: 1
  readonly imageID: string
}

/** Which image a step made, by what went into the step. An entry whose image was removed counts for nothing. */
export class StepCache {
  readonly #directory: string
  readonly #images: ImageStore

  constructor(directory: string, images: ImageStore) {
    this.#directory = join(directory, 'steps')
    this.#images = images
  }

  /** @param notBefore milliseconds since the epoch; what was made earlier does not count */
  find(key: string, notBefore?: number): Image | undefined {
    const entry = readJson<CacheEntry>(this.#path(key))
    const image = entry && this.#images.find(entry.imageID)
    return image && notBefore !== undefined && Date.parse(image.config.created ?? '') < notBefore ? undefined : image
  }

  /** Losing an entry costs a step's time only, so it need not outlive a power cut. */
  remember(key: string, image: Image): void {
    const entry: CacheEntry = {version: 1, imageID: image.id}
    writeJson(this.#path(key), entry, {durable: false})
  }

  /** Forgets steps whose images are gone, or all. */
  prune(options: {readonly all?: boolean} = {}): void {
    for (const name of this.#names()) {
      const entry = readJson<CacheEntry>(join(this.#directory, name))
      if (options.all || !entry || !this.#images.find(entry.imageID)) rmSync(join(this.#directory, name), {force: true})
    }
  }

  #names(): readonly string[] {
    try {
      return readdirSync(this.#directory).filter((name) => name.endsWith('.json'))
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return []
      throw error
    }
  }

  #path(key: string): string {
    return join(this.#directory, `${key}.json`)
  }
}

/** The key of a step: its parent image, and everything else that its result depends on. */
export function stepKey(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
