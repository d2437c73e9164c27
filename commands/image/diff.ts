import {diffText} from '../../src/cli/diff-text.ts'
import * as flags from '../../src/cli/flags.ts'
import {ImageCommand} from '../../src/cli/image/image-command.ts'
import {EngineError, inContext} from '../../src/errors/index.ts'
import {type Image, type ImageStore, imageDiff} from '../../src/image/index.ts'

export default class ImageDiff extends ImageCommand {
  static override summary = "Inspect changes to the image's file systems"
  static override description = 'Lists how an image differs from another, or from the layer below its last one.'
  static override usage = 'IMAGE [IMAGE]'
  static override examples = ['<%= command.id %> myImage', '<%= command.id %> --format json redis:alpine']
  static override args = {image: flags.arg({required: true}), other: flags.arg()}
  static override flags = {
    format: flags.string({summary: 'Print as json', suggests: ['json']}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(ImageDiff)
    const images = await this.images()
    const image = findImage(images, args.image as string)
    if (!image) throw new EngineError('ERR_IMAGE_UNKNOWN', `${args.image} not found: ${args.image}`)
    const other = args.other === undefined ? undefined : images.lookup(args.other)
    this.write(diffText(await imageDiff(images, image, other), given.format))
  }
}

/** @throws ERR_REFUSED, ERR_REFERENCE_INVALID for what can be no image of the store */
function findImage(images: ImageStore, name: string): Image | undefined {
  try {
    return images.find(name)
  } catch (error) {
    throw inContext(`${name} not found`, error)
  }
}
