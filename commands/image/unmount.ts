import * as flags from '../../src/cli/flags.ts'
import {ImageCommand} from '../../src/cli/image/image-command.ts'
import {EngineError} from '../../src/errors/index.ts'
import {mountedImages, unmountImage} from '../../src/image/index.ts'

export default class ImageUnmount extends ImageCommand {
  static override summary = "Unmount an image's root filesystem"
  static override description =
    'Takes back a mount of an image; one mounted several times stays until the last, or until --force.'
  static override usage = 'IMAGE [IMAGE...]'
  static override examples = ['<%= command.id %> imgID', '<%= command.id %> --all']
  static override aliases = ['umount']
  static override args = {image: flags.arg({multiple: true})}
  static override flags = {
    all: flags.bool({char: 'a', summary: 'Unmount every image that is mounted'}),
    force: flags.bool({char: 'f', summary: 'Unmount it at once, however often it was mounted'}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(ImageUnmount)
    const names = argv as string[]
    if (given.all === names.length > 0)
      throw new EngineError(
        'ERR_REFUSED',
        given.all
          ? 'when using the --all switch, you may not pass any image names or IDs'
          : 'image name or ID must be specified',
      )
    const images = await this.images()
    const wanted = given.all ? mountedImages(images).map(({image}) => image.id) : names
    await this.forEachName(wanted, async (name) => {
      const image = images.lookup(name)
      return (await unmountImage(images, image, given.force || given.all)) ? image.id : undefined
    })
  }
}
