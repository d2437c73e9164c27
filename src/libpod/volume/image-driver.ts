import {mkdirSync} from 'node:fs'
import type {ChainID} from '../../../storage/snapshotter.ts'
import {EngineError, hasCode, inContext} from '../../errors/index.ts'
import {isMountPoint, mount, mountFlags, unmount} from '../../host/index.ts'
import type {VolumeDriver} from './volume-driver.ts'
import type {VolumeRecord} from './volume-record.ts'

/** What volumes that hold an image's tree need of images and their layers. */
export interface ImageTrees {
  /** @throws ERR_IMAGE_UNKNOWN */
  find(name: string): {readonly id: string; readonly topLayer?: ChainID}
  create(layer: string, top?: ChainID): Promise<void>
  mount(layer: string): Promise<string>
  unmount(layer: string): Promise<void>
  remove(layer: string): Promise<void>
}

/** An image's tree, with what is written to the volume on top of it: a layer as containers have one. */
export class ImageDriver implements VolumeDriver {
  readonly #trees: ImageTrees

  constructor(trees: ImageTrees) {
    this.#trees = trees
  }

  async create(record: VolumeRecord, directory: string): Promise<void> {
    const {topLayer} = this.#find(record.options.image ?? '')
    mkdirSync(directory, {mode: 0o755})
    await this.#trees.create(layerOf(record), topLayer)
  }

  async mount(record: VolumeRecord, directory: string): Promise<string> {
    if (isMountPoint(directory)) return directory
    mount(await this.#trees.mount(layerOf(record)), directory, '', mountFlags.bind)
    return directory
  }

  async unmount(record: VolumeRecord, directory: string): Promise<void> {
    unmount(directory)
    await this.#trees.unmount(layerOf(record))
  }

  async remove(record: VolumeRecord, directory: string): Promise<void> {
    unmount(directory)
    await this.#trees.remove(layerOf(record))
  }

  #find(name: string): {readonly topLayer?: ChainID} {
    try {
      return this.#trees.find(name)
    } catch (error) {
      if (!hasCode(error, 'ERR_IMAGE_UNKNOWN')) throw error
      throw inContext(`looking up image ${name} to create volume failed`, error)
    }
  }
}

/** @throws ERR_INVALID_ARG */
export function checkImageOptions(options: Readonly<Record<string, string>>): void {
  const unknown = Object.keys(options).find((key) => key !== 'image')
  if (unknown) throw new EngineError('ERR_INVALID_ARG', `invalid mount option ${unknown} for driver 'image'`)
  if (!options.image)
    throw new EngineError('ERR_INVALID_ARG', 'must provide an image name when creating a volume with the image driver')
}

function layerOf({name, storageID}: VolumeRecord): string {
  if (storageID !== undefined) return storageID
  throw new EngineError('ERR_INTERNAL', `volume ${name} of an image has no layer`)
}
