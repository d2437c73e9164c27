import * as flags from '../../src/cli/flags.ts'
import {insecureFlag} from '../../src/cli/image/manifest-flags.ts'
import {RegistryCommand} from '../../src/cli/image/registry-command.ts'
import {registryFlags} from '../../src/cli/image/registry-flags.ts'
import {warn} from '../../src/cli/warning.ts'
import {showManifest} from '../../src/image/index.ts'

export default class ManifestInspect extends RegistryCommand {
  static override summary = 'Display the contents of a manifest list or image index'
  static override description = "Prints a list's document: from the store, else from the registry."
  static override usage = 'IMAGE'
  static override examples = ['<%= command.id %> localhost/list']
  static override args = {image: flags.arg({required: true})}
  static override flags = {
    authfile: registryFlags.authfile,
    'tls-verify': registryFlags['tls-verify'],
    insecure: insecureFlag,
    verbose: flags.bool({char: 'v', summary: 'Accepted for scripts written for Docker; has no effect', hidden: true}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(ManifestInspect)
    using access = await this.registryAccess(given)
    const images = await this.images()
    const shown = await this.interruptible((signal) => showManifest(images, args.image, {access, signal}))
    if (!shown.isList) warn(`The manifest type ${shown.mediaType} is not a manifest list but a single image.`)
    this.print(JSON.stringify(shown.document, null, 4))
  }
}
