import {writeFileSync} from 'node:fs'
import * as flags from '../../src/cli/flags.ts'
import {insecureFlag} from '../../src/cli/image/manifest-flags.ts'
import {pushChoices, pushFlags, refuseUnserved, unservedPushFlags} from '../../src/cli/image/push-flags.ts'
import {RegistryCommand} from '../../src/cli/image/registry-command.ts'
import {registryFlags} from '../../src/cli/image/registry-flags.ts'
import {inContext} from '../../src/errors/index.ts'
import {
  type ArchivePlace,
  type ManifestList,
  noLists,
  openManifestList,
  parseArchivePlace,
  parseReference,
  pushManifestList,
  type Reference,
  registryName,
} from '../../src/image/index.ts'

const compressions = {
  'add-compression': flags.list({summary: 'Push the images in this compression as well (not supported)'}),
}

export default class ManifestPush extends RegistryCommand {
  static override summary = 'Push a manifest list or image index to a registry'
  static override description =
    'Copies a list and the images in it to a registry, archive or directory; with --all=false the list alone.'
  static override usage = 'LIST DESTINATION'
  static override examples = ['<%= command.id %> mylist:v1.11 docker://registry.example.com/image:v1.11']
  static override args = {list: flags.arg({required: true}), destination: flags.arg()}
  static override flags = {
    ...registryFlags,
    ...pushFlags,
    ...unservedPushFlags,
    ...compressions,
    all: flags.bool({summary: 'Push the images along with the list', default: true}),
    format: flags.string({
      char: 'f',
      summary: 'Form of the list that is pushed: oci or v2s2; without it, the one the list has',
      suggests: ['oci', 'v2s2'],
    }),
    insecure: insecureFlag,
    purge: flags.bool({char: 'p', summary: 'Remove the list from local storage once it is pushed', hidden: true}),
    rm: flags.bool({summary: 'Remove the list from local storage once it is pushed'}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(ManifestPush)
    refuseUnserved({...unservedPushFlags, ...compressions}, (name) => this.changed(name), 'manifest push')
    const choices = pushChoices(given, await this.engineConfig())
    const images = await this.images()
    const list = this.#open(images, args.list)
    const destination = destinationOf(args.destination ?? list.image.names[0] ?? args.list)
    using access = await this.registryAccess(given)
    const report = this.copyReport(given.quiet)
    const temporaryDirectory = this.copyDirectory
    const {digest} = await this.interruptible((signal) =>
      pushManifestList(images, list, destination, {
        access,
        ...choices,
        all: given.all,
        temporaryDirectory,
        report,
        signal,
      }),
    )
    if (given.digestfile !== undefined) writeFileSync(given.digestfile, digest)
    if (given.rm || given.purge) await images.remove(list.id, {users: await this.imageUsers(), force: true})
  }

  #open(images: Parameters<typeof openManifestList>[0], name: string): ManifestList {
    try {
      return openManifestList(images, name)
    } catch (error) {
      throw inContext(`retrieving local image from image name ${name}`, error)
    }
  }
}

/** @throws ERR_REFUSED in podman's words for what cannot hold a list */
function destinationOf(text: string): Reference | ArchivePlace {
  const single = /^(containers-storage|docker-daemon|sif)(?=:)/.exec(text)?.[0]
  if (single !== undefined) throw noLists(single)
  return parseArchivePlace(text) ?? parseReference(registryName(text))
}
