import * as flags from '../../src/cli/flags.ts'
import {RemovalCommand} from '../../src/cli/image/removal-command.ts'
import {type ImageStore, openManifestList} from '../../src/image/index.ts'

export default class ManifestRm extends RemovalCommand {
  static override summary = 'Remove manifest list or image index from local storage'
  static override description = 'Deletes lists from the store; the images in them stay.'
  static override usage = 'LIST [LIST...]'
  static override examples = ['<%= command.id %> mylist:v1.11']
  static override args = {list: flags.arg({required: true, multiple: true})}
  static override flags = {
    ignore: flags.bool({char: 'i', summary: 'Do not fail over a list that does not exist'}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(ManifestRm)
    const images = await this.images()
    const options = {users: await this.imageUsers()}
    for (const name of new Set(argv)) await this.remove(images, name, options, given.ignore)
    this.conclude()
  }

  protected override check(images: ImageStore, name: string): void {
    openManifestList(images, name)
  }
}
