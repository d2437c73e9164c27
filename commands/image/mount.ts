import * as flags from '../../src/cli/flags.ts'
import {ImageCommand} from '../../src/cli/image/image-command.ts'
import {renderTable} from '../../src/cli/table.ts'
import {isJsonFormat} from '../../src/cli/template/index.ts'
import {EngineError} from '../../src/errors/index.ts'
import {type ImageMount, type ImageStore, mountedImages, mountImage} from '../../src/image/index.ts'

export default class ImageMountCommand extends ImageCommand {
  static override summary = "Mount an image's root filesystem"
  static override description =
    'Mounts images on the host, read-only, and prints the places. Without an image, lists what is mounted.'
  static override usage = '[IMAGE...]'
  static override examples = ['<%= command.id %> imgID', '<%= command.id %> --all', '<%= command.id %>']
  static override args = {image: flags.arg({multiple: true})}
  static override flags = {
    all: flags.bool({char: 'a', summary: 'Mount every image'}),
    format: flags.string({summary: 'Print what is mounted as json', suggests: ['json']}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(ImageMountCommand)
    const names = argv as string[]
    if (given.all && names.length > 0)
      throw new EngineError('ERR_REFUSED', 'when using the --all switch, you may not pass any image names or IDs')
    if (given.format && !isJsonFormat(given.format))
      throw new EngineError('ERR_REFUSED', `unknown --format argument: "${given.format}"`)
    const images = await this.images()
    const mounts = names.length > 0 || given.all ? await this.#mount(images, names) : mountedImages(images)
    if (given.format) this.print(JSON.stringify(mounts.map(json), null, 1))
    else if (names.length === 1 && mounts[0]) this.print(mounts[0].path)
    else this.write(table(mounts))
  }

  /** Without names: every image. */
  async #mount(images: ImageStore, names: readonly string[]): Promise<readonly ImageMount[]> {
    const wanted = names.length > 0 ? names : images.list().map(({id}) => id)
    const mounts: ImageMount[] = []
    for (const name of wanted) {
      try {
        const image = images.lookup(name)
        mounts.push({image, path: await mountImage(images, image)})
      } catch (error) {
        this.report(error)
      }
    }
    return mounts
  }
}

function json({image, path}: ImageMount): object {
  return {id: image.id, Names: image.digests, Repositories: image.names, mountpoint: path}
}

function table(mounts: readonly ImageMount[]): string {
  return renderTable(mounts.map(({image, path}) => [image.names[0] ?? image.id, path]))
}
