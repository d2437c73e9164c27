import * as flags from '../../src/cli/flags.ts'
import {entryFlags, factsOf, insecureFlag} from '../../src/cli/image/manifest-flags.ts'
import {RegistryCommand} from '../../src/cli/image/registry-command.ts'
import {registryFlags} from '../../src/cli/image/registry-flags.ts'
import {EngineError} from '../../src/errors/index.ts'
import {findInstances, openManifestList} from '../../src/image/index.ts'

/** Files as entries of a list: podman's artifacts. Each is refused when given. */
const artifactFlags = {
  artifact: flags.bool({summary: 'Add files as artifacts, not images (not supported)'}),
  'artifact-config': flags.string({summary: "File with the artifact's configuration (not supported)"}),
  'artifact-config-type': flags.string({summary: "Media type of the artifact's configuration (not supported)"}),
  'artifact-exclude-titles': flags.bool({
    summary: 'Leave out the annotations that hold the names of the files (not supported)',
  }),
  'artifact-layer-type': flags.string({summary: "Media type of the artifact's layers (not supported)"}),
  'artifact-subject': flags.string({summary: 'Image that the artifact is about (not supported)'}),
  'artifact-type': flags.string({summary: 'Type of the artifact (not supported)'}),
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
    all: flags.bool({
      summary: 'From an image that is a list itself, add every entry, not only the one for this platform',
    }),
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
