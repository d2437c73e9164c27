import * as flags from '../../src/cli/flags.ts'
import {humanSize} from '../../src/cli/human-size.ts'
import {ImageCommand} from '../../src/cli/image/image-command.ts'
import {treeText} from '../../src/cli/image/tree-text.ts'
import {layersAbove, layersOfImage} from '../../src/image/index.ts'

export default class ImageTree extends ImageCommand {
  static override summary = 'Print layer hierarchy of an image in a tree format'
  static override description =
    'Draws the layers of an image with their sizes and names, or what was built on top of it.'
  static override usage = 'IMAGE'
  static override examples = ['<%= command.id %> alpine:latest', '<%= command.id %> --whatrequires alpine:latest']
  static override args = {image: flags.arg({required: true})}
  static override flags = {
    whatrequires: flags.bool({summary: 'Show the layers and images that build on the image instead'}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(ImageTree)
    const images = await this.images()
    const image = images.lookup(args.image as string)
    this.print(`Image ID: ${image.id.slice(0, 12)}`)
    this.print(`Tags:     [${image.names.join(' ')}]`)
    this.print(`Size:     ${humanSize(image.record.sizeBytes)}`)
    this.print(image.topLayer === undefined ? 'No Image Layers' : 'Image Layers')
    this.print(treeText(given.whatrequires ? layersAbove(images, image) : layersOfImage(images, image)))
  }
}
