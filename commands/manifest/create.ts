import * as flags from '../../src/cli/flags.ts'
import {annotationsOf, insecureFlag} from '../../src/cli/image/manifest-flags.ts'
import {RegistryCommand} from '../../src/cli/image/registry-command.ts'
import {registryFlags} from '../../src/cli/image/registry-flags.ts'
import {createManifestList, findInstances} from '../../src/image/index.ts'

export default class ManifestCreate extends RegistryCommand {
  static override summary = 'Create manifest list or image index'
  static override description = 'Makes a list in the store, empty or with the images given.'
  static override usage = 'LIST [IMAGE...]'
  static override examples = [
    '<%= command.id %> mylist:v1.11',
    '<%= command.id %> mylist:v1.11 arch-specific-image-to-add another-arch-specific-image-to-add',
    '<%= command.id %> --all mylist:v1.11 docker://registry.example.com/tagged-image-to-add',
  ]
  static override args = {list: flags.arg({required: true}), image: flags.arg({multiple: true})}
  static override flags = {
    all: flags.bool({
      summary: 'From images that are lists themselves, add every entry, not only the one for this platform',
    }),
    amend: flags.bool({
      char: 'a',
      summary: 'Add to the list of that name when there is one already',
    }),
    annotation: flags.array({summary: 'Annotation for the new list, as KEY=VALUE (repeatable)'}),
    'tls-verify': registryFlags['tls-verify'],
    insecure: insecureFlag,
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(ManifestCreate)
    const [name = '', ...names] = argv
    const images = await this.images()
    using access = await this.registryAccess(given)
    const {all, amend} = given
    await this.interruptible(async (signal) => {
      // Everything is looked up first: a name that nobody knows leaves no list behind
      const found = []
      for (const image of names) found.push(...(await findInstances(images, image, {access, all, signal})))
      const list = await createManifestList(images, name, {amend, annotations: annotationsOf(given.annotation)})
      if (found.length > 0) await list.add(found)
      this.print(list.id)
    })
  }
}
