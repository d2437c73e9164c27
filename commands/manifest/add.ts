import * as flags from '../../src/cli/flags.ts'
import {entryFlags, factsOf, insecureFlag} from '../../src/cli/image/manifest-flags.ts'
import {RegistryCommand} from '../../src/cli/image/registry-command.ts'
import {registryFlags} from '../../src/cli/image/registry-flags.ts'
import {EngineError} from '../../src/errors/index.ts'
import {findInstances, openManifestList} from '../../src/image/index.ts'

/** Files as entries of a list: podman's artifacts. Each is refused when given. */
const artifactFlags = {
  artifact: flags.bool({summary: 'add all arguments as artifact files rather than as images'}),
  'artifact-config': flags.string({summary: 'artifact configuration file'}),
  'artifact-config-type': flags.string({summary: 'artifact configuration media type'}),
  'artifact-exclude-titles': flags.bool({summary: 'refrain from setting "org.opencontainers.image.title" annotations'}),
  'artifact-layer-type': flags.string({summary: 'artifact layer media type'}),
  'artifact-subject': flags.string({summary: 'artifact subject reference'}),
  'artifact-type': flags.string({summary: 'override the artifactType value'}),
}

export default class ManifestAdd extends RegistryCommand {
  static override summary = 'Add images to a manifest list or image index'
  static override description = 'Puts an image into a list: from the store, a registry, an archive or a directory.'
  static override usage = 'LIST IMAGE [IMAGE...]'
  static override examples = [
    '<%= command.id %> mylist:v1.11 image:v1.11-amd64',
    '<%= command.id %> --arch arm64 --variant v8 mylist:v1.11 docker://registry.example.com/image:v1.11-arm64',
  ]
  static override args = {list: flags.arg({required: true}), image: flags.arg({required: true, multiple: true})}
  static override flags = {
    ...registryFlags,
    ...entryFlags,
    ...artifactFlags,
    all: flags.bool({summary: "add all of the list's images if the image is a list"}),
    insecure: insecureFlag,
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(ManifestAdd)
    for (const name of Object.keys(artifactFlags))
      if (this.changed(name)) throw new EngineError('ERR_NOT_SUPPORTED', `manifest add --${name}`)
    const [name = '', ...names] = argv
    const images = await this.images()
    const list = openManifestList(images, name)
    using access = await this.registryAccess(given)
    await this.interruptible(async (signal) => {
      const found = []
      for (const image of names) found.push(...(await findInstances(images, image, {access, all: given.all, signal})))
      await list.add(found, factsOf(given))
      this.print(list.id)
    })
  }
}
