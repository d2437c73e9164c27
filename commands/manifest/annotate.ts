import * as flags from '../../src/cli/flags.ts'
import {ImageCommand} from '../../src/cli/image/image-command.ts'
import {annotationsOf, entryFlags, factsOf} from '../../src/cli/image/manifest-flags.ts'
import {EngineError} from '../../src/errors/index.ts'
import {entryDigest, openManifestList} from '../../src/image/index.ts'

export default class ManifestAnnotate extends ImageCommand {
  static override summary = 'Add or update information about an entry in a manifest list or image index'
  static override description = 'Changes what a list says of one of its images: platform, features, annotations.'
  static override usage = 'LIST IMAGE'
  static override examples = [
    '<%= command.id %> --annotation left=right mylist:v1.11 sha256:59eec8837a4d942cc19a52b8c09ea75121acc38114a2c68b98983ce9356b8610',
  ]
  static override args = {list: flags.arg({required: true}), image: flags.arg()}
  static override flags = {
    ...entryFlags,
    index: flags.bool({summary: 'Annotate the list itself, not one of its entries'}),
    'os-features': flags.list({
      summary: 'Features of the operating system that the image needs',
      valueName: 'features',
    }),
    subject: flags.string({summary: 'Image that the list is about (not supported)', valueName: 'subject'}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(ManifestAnnotate)
    if (given.subject !== undefined) throw new EngineError('ERR_NOT_SUPPORTED', 'manifest annotate --subject')
    const images = await this.images()
    const list = openManifestList(images, args.list)
    if (given.index) {
      this.#refuseEntryFlags(args.image)
      await list.annotateIndex(annotationsOf(given.annotation))
    } else {
      if (args.image === undefined) throw new EngineError('ERR_REFUSED', 'expected either --index or an image')
      await list.annotate(entryDigest(images, list, args.image), factsOf(given))
    }
    this.print(list.id)
  }

  #refuseEntryFlags(image: string | undefined): void {
    if (image !== undefined) throw new EngineError('ERR_REFUSED', '--index and an image cannot be used together')
    const other = [...Object.keys(entryFlags), 'os-features'].find(
      (name) => name !== 'annotation' && this.changed(name),
    )
    if (other !== undefined) throw new EngineError('ERR_REFUSED', `--index and --${other} cannot be used together`)
  }
}
