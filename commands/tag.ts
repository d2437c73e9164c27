import * as flags from '../src/cli/flags.ts'
import {ImageCommand} from '../src/cli/image/image-command.ts'

export default class Tag extends ImageCommand {
  static override summary = 'Add an additional name to a local image'
  static override description = 'Gives an image further names.'
  static override usage = 'IMAGE TARGET_NAME [TARGET_NAME...]'
  static override examples = [
    '<%= command.id %> 0e3bbc2 fedora:latest',
    '<%= command.id %> imageID:latest myNewImage:newTag',
    '<%= command.id %> httpd myregistryhost:5000/fedora/httpd:v2',
  ]
  static override args = {image: flags.arg({required: true}), target: flags.arg({required: true, multiple: true})}

  async run(): Promise<void> {
    const {argv} = await this.parse(Tag)
    const [image, ...targets] = argv as string[]
    const images = await this.images()
    await images.tag(images.lookup(image as string, {list: true}).id, targets)
  }
}
