import {codeWhenRemoving, ENGINE_FAILED} from '../src/cli/exit-codes.ts'
import * as flags from '../src/cli/flags.ts'
import {ImageCommand} from '../src/cli/image/image-command.ts'
import {EngineError, hasCode} from '../src/errors/index.ts'
import type {ImageStore, RemoveOptions, RemoveReport} from '../src/image/index.ts'

export default class Rmi extends ImageCommand {
  static override summary = 'Remove one or more images from local storage'
  static override description = 'Removes one or more previously pulled or locally created images.'
  static override usage = 'IMAGE [IMAGE...]'
  static override examples = [
    '<%= command.id %> imageID',
    '<%= command.id %> --force alpine',
    '<%= command.id %> c4dfb1609ee2 93fd78260bd1 c0ed59d05ff7',
  ]
  static override args = {image: flags.arg({multiple: true})}
  static override flags = {
    all: flags.bool({char: 'a', summary: 'Remove all images'}),
    force: flags.bool({char: 'f', summary: 'Force Removal of the image'}),
    ignore: flags.bool({char: 'i', summary: 'Ignore errors if a specified image does not exist'}),
    'no-prune': flags.bool({summary: 'Do not remove dangling images'}),
  }

  readonly #codes: number[] = []
  readonly #deleted: string[] = []

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(Rmi)
    const names = argv as string[]
    if (names.length === 0 && !given.all) throw new EngineError('ERR_REFUSED', 'image name or ID must be specified')
    if (names.length > 0 && given.all)
      throw new EngineError('ERR_REFUSED', 'when using the --all switch, you may not pass any images names or IDs')
    const images = await this.images()
    const options = {users: await this.imageUsers(), force: given.force, noPrune: given['no-prune']}
    if (given.all) await this.#removeAll(images, options)
    else for (const name of names) await this.#remove(images, name, options, given.force || given.ignore)
    // podman reports the images that are gone after all the names
    for (const id of this.#deleted) this.print(`Deleted: ${id}`)
    this.exitCode = worst(this.#codes)
  }

  /** Children before their parents: oldest last. Every name goes, so ids need no force here. */
  async #removeAll(images: ImageStore, options: RemoveOptions): Promise<void> {
    for (const {id, names} of images.list()) {
      for (const name of names.slice(1)) await this.#remove(images, name, options, true)
      await this.#remove(images, id, options, true)
    }
  }

  async #remove(images: ImageStore, name: string, options: RemoveOptions, ignoreMissing: boolean): Promise<void> {
    let report: RemoveReport
    try {
      report = await images.remove(name, options)
    } catch (error) {
      if (ignoreMissing && hasCode(error, 'ERR_IMAGE_UNKNOWN')) return
      this.#codes.push(codeWhenRemoving(error))
      this.report(error)
      return
    }
    for (const tag of report.untagged) this.print(`Untagged: ${tag}`)
    this.#deleted.push(...report.deleted)
  }
}

/** An image in use outweighs the rest; missing images count only when nothing worse happened. */
function worst(codes: readonly number[]): number {
  if (codes.length === 0) return 0
  if (codes.includes(2)) return 2
  return codes.every((code) => code === 1) ? 1 : ENGINE_FAILED
}
