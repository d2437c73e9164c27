import {createReadStream, existsSync, mkdirSync, openSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import type {Readable} from 'node:stream'
import {packTree, unpackTree} from '../../../../storage/index.ts'
import {EngineError, hasCode, isErrno, systemReason} from '../../../errors/index.ts'
import type {Image} from '../../../image/index.ts'
import type {ContainerConfig} from '../../define/container-config.ts'
import {newContainerID} from '../../define/container-id.ts'
import type {Engine} from '../../engine.ts'
import {archiveNames} from './checkpoint-files.ts'
import {parseConfigDump} from './config-dump.ts'

/**
 * An exported checkpoint, unpacked among the containers in the making until one takes it over: what a killed import leaves
 * goes with theirs.
 */
export class CheckpointSource implements Disposable {
  readonly config: ContainerConfig
  readonly directory: string
  readonly #discard: () => void

  private constructor(directory: string, config: ContainerConfig, discard: () => void) {
    this.directory = directory
    this.config = config
    this.#discard = discard
  }

  static async fromArchive(engine: Engine, path: string): Promise<CheckpointSource> {
    try {
      return await CheckpointSource.#open(engine, path, openArchive(path))
    } catch (cause) {
      if (!hasCode(cause, 'ERR_REFUSED', 'ERR_ARCHIVE_INVALID')) throw cause
      throw new EngineError('ERR_REFUSED', `failed extracting runtime information from ${path}: ${cause.message}`, {
        cause,
      })
    }
  }

  static async fromImage(engine: Engine, image: Image, name: string): Promise<CheckpointSource> {
    if (!image.topLayer) throw new EngineError('ERR_REFUSED', `image ${name} holds no checkpoint`)
    const root = await engine.layers.mountLayer(image.topLayer)
    try {
      return await CheckpointSource.#open(engine, name, packTree({root, path: '/', as: '.'}))
    } finally {
      await engine.layers.unmountLayer(image.topLayer)
    }
  }

  static async #open({state}: Engine, name: string, tar: Readable): Promise<CheckpointSource> {
    const id = newContainerID()
    const lock = await state.lock(id)
    const directory = join(state.layout.staging, `new-${id}`)
    const discard = () => {
      rmSync(directory, {recursive: true, force: true})
      rmSync(state.layout.lock(id), {force: true})
      lock[Symbol.dispose]()
    }
    try {
      mkdirSync(directory, {recursive: true, mode: 0o700})
      await unpackTree({source: tar, root: directory, path: '/'})
      const dump = join(directory, archiveNames.config)
      if (!existsSync(dump)) throw new EngineError('ERR_ARCHIVE_INVALID', `${name} holds no ${archiveNames.config}`)
      return new CheckpointSource(directory, parseConfigDump(readFileSync(dump), name), discard)
    } catch (error) {
      discard()
      throw error
    }
  }

  [Symbol.dispose](): void {
    this.#discard()
  }
}

export function openArchive(path: string): Readable {
  try {
    return createReadStream(path, {fd: openSync(path, 'r')})
  } catch (cause) {
    if (!isErrno(cause)) throw cause
    const reason = `open ${path}: ${systemReason(cause)}`
    throw new EngineError('ERR_REFUSED', `failed to open checkpoint archive ${path} for import: ${reason}`, {cause})
  }
}
