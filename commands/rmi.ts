import * as flags from '../src/cli/flags.ts'
import {RemovalCommand} from '../src/cli/image/removal-command.ts'
import {EngineError} from '../src/errors/index.ts'
import type {ImageStore, RemoveOptions} from '../src/image/index.ts'

export default class Rmi extends RemovalCommand {
  static override summary = 'Remove one or more images from local storage'
  static override description =
    'Takes names from images, and deletes an image with its last name. One that containers use is refused without --force.'
  static override usage = 'IMAGE [IMAGE...]'
  static override examples = [
    '<%= command.id %> imageID',
    '<%= command.id %> --force alpine',
    '<%= command.id %> c4dfb1609ee2 93fd78260bd1 c0ed59d05ff7',
  ]
  static override args = {image: flags.arg({multiple: true})}
  static override flags = {
    all: flags.bool({char: 'a', summary: 'Remove every image'}),
    force: flags.bool({char: 'f', summary: 'Remove the image under all its names, and the containers made from it'}),
    ignore: flags.bool({char: 'i', summary: 'Do not fail over an image that does not exist'}),
    'no-prune': flags.bool({summary: 'Keep parent images that are left without a name'}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(Rmi)
    const names = argv as string[]
    if (names.length === 0 && !given.all) throw new EngineError('ERR_REFUSED', 'image name or ID must be specified')
    if (names.length > 0 && given.all)
      throw new EngineError('ERR_REFUSED', 'when using the --all switch, you may not pass any images names or IDs')
    const images = await this.images()
    const options = {users: await this.imageUsers(), force: given.force, noPrune: given['no-prune']}
    if (given.all) await this.#removeAll(images, options)
    else for (const name of names) await this.remove(images, name, options, given.force || given.ignore)
    this.conclude()
  }

  /** Children before their parents: oldest last. Every name goes, so ids need no force here. */
  async #removeAll(images: ImageStore, options: RemoveOptions): Promise<void> {
    for (const {id, names} of images.list()) {
      for (const name of names.slice(1)) await this.remove(images, name, options, true)
      await this.remove(images, id, options, true)
    }
  }
}
