import * as flags from '../src/cli/flags.ts'
import {ImageCommand} from '../src/cli/image/image-command.ts'
import {EngineError} from '../src/errors/index.ts'
import {formatReference, parseLocalReference} from '../src/image/index.ts'

export default class Untag extends ImageCommand {
  static override summary = 'Remove a name from a local image'
  static override description = 'Takes names from an image, all of them when none is given. The image stays.'
  static override usage = 'IMAGE [IMAGE...]'
  static override examples = [
    '<%= command.id %> 0e3bbc2',
    '<%= command.id %> imageID:latest otherImageName:latest',
    '<%= command.id %> httpd myregistryhost:5000/fedora/httpd:v2',
  ]
  static override args = {image: flags.arg({required: true}), name: flags.arg({multiple: true})}

  async run(): Promise<void> {
    const {argv} = await this.parse(Untag)
    const [name, ...tags] = argv as string[]
    const images = await this.images()
    const image = images.lookup(name as string, {list: true})
    const full = tags.map((tag) => formatReference(parseLocalReference(tag)))
    const missing = full.find((tag) => !image.names.includes(tag))
    if (missing !== undefined) throw new EngineError('ERR_REFUSED', `${missing}: tag not known`)
    await images.untag(image.id, full.length > 0 ? full : undefined)
  }
}
