import * as flags from '../../src/cli/flags.ts'
import {ImageCommand} from '../../src/cli/image/image-command.ts'
import {inContext} from '../../src/errors/index.ts'
import {entryDigest, openManifestList} from '../../src/image/index.ts'

export default class ManifestRemove extends ImageCommand {
  static override summary = 'Remove an entry from a manifest list or image index'
  static override description = 'Takes the image with this digest out of a list.'
  static override usage = 'LIST IMAGE'
  static override examples = [
    '<%= command.id %> mylist:v1.11 sha256:15352d97781ffdf357bf3459c037be3efac4133dc9070c2dce7eca7c05c3e736',
  ]
  static override args = {list: flags.arg({required: true}), image: flags.arg({required: true})}

  async run(): Promise<void> {
    const {args} = await this.parse(ManifestRemove)
    const images = await this.images()
    const list = openManifestList(images, args.list)
    try {
      await list.remove(entryDigest(images, list, args.image))
    } catch (error) {
      throw inContext(`removing from manifest list ${args.list}`, error)
    }
    this.print(list.id)
  }
}
