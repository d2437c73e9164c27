import {writeFileSync} from 'node:fs'
import * as flags from '../src/cli/flags.ts'
import {pushChoices, pushFlags, refuseUnserved, unservedPushFlags} from '../src/cli/image/push-flags.ts'
import {RegistryCommand} from '../src/cli/image/registry-command.ts'
import {type RegistryGiven, registryFlags, retryFlags} from '../src/cli/image/registry-flags.ts'
import {EngineError} from '../src/errors/index.ts'
import {
  type CopyReport,
  type Digest,
  formatArchivePlace,
  formatReference,
  type ImageStore,
  type PushOptions,
  parseArchivePlace,
  parseReference,
  pushImage,
  pushToPlace,
  registryName,
  reportStored,
  storedName,
  withDefaultTag,
} from '../src/image/index.ts'

const encryption = {
  'encrypt-layer': flags.intList({
    summary: 'Numbers of the layers to encrypt (not supported)',
  }),
  'encryption-key': flags.array({summary: 'Key to encrypt the image with (not supported)'}),
}

export default class Push extends RegistryCommand {
  static override summary = 'Push an image to a specified destination'
  static override description =
    'Copies an image from the store to a registry, by its own name unless another is given, or to an archive or directory.'
  static override usage = 'IMAGE [DESTINATION]'
  static override examples = [
    '<%= command.id %> imageID docker://registry.example.com/repository:tag',
    '<%= command.id %> imageID registry.example.com/repository:tag',
    '<%= command.id %> imageID oci-archive:/path/to/archive.tar:tag',
    '<%= command.id %> --compression-format zstd --format oci app registry.example.com/app',
  ]
  static override args = {image: flags.arg({required: true}), destination: flags.arg()}
  static override flags = {
    ...registryFlags,
    ...retryFlags,
    ...pushFlags,
    ...unservedPushFlags,
    ...encryption,
    compress: flags.bool({
      summary: 'Compress the layers that go into an archive or a directory',
    }),
    'disable-content-trust': flags.bool({summary: 'Accepted for scripts written for Docker; has no effect'}),
    format: flags.string({
      char: 'f',
      summary: 'Form of the manifest that is pushed: oci or v2s2; without it, the one the image has where possible',
      suggests: ['oci', 'v2s2'],
    }),
    'signature-policy': flags.string({summary: 'File with the signature policy to apply', hidden: true}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(Push)
    refuseUnserved({...unservedPushFlags, ...encryption}, (name) => this.changed(name), 'push')
    this.checkPolicy(given['signature-policy'], 'containers-storage', '')
    const choices = pushChoices(given, await this.engineConfig())
    const images = await this.images()
    const source = args.image as string
    const sourcePlace = parseArchivePlace(source)
    if (sourcePlace)
      throw new EngineError(
        'ERR_REFUSED',
        `unsupported transport "${sourcePlace.transport}" for looking up local images`,
      )
    const place = args.destination === undefined ? undefined : parseArchivePlace(args.destination)
    if (place && choices.signBy)
      throw new EngineError(
        'ERR_REFUSED',
        `Cannot determine canonical Docker reference for destination ${formatArchivePlace(place)}`,
      )
    const stored = args.destination === undefined ? undefined : storedName(args.destination)
    const report = this.copyReport(given.quiet)
    const temporaryDirectory = this.copyDirectory
    const digest = place
      ? await this.interruptible((signal) => {
          const forceCompression = choices.forceCompression || given.compress
          return pushToPlace(images, source, place, {...choices, forceCompression, temporaryDirectory, report, signal})
        })
      : stored !== undefined
        ? await this.#name(images, source, stored, report)
        : await this.#send(images, source, args.destination ?? source, {...choices, report}, given)
    if (given.digestfile !== undefined) writeFileSync(given.digestfile, digest)
  }

  /** Into the store that it is in. */
  async #name(images: ImageStore, source: string, name: string, report: CopyReport): Promise<Digest> {
    const image = images.lookup(source)
    reportStored(image, report)
    await images.tag(image.id, [formatReference(withDefaultTag(parseReference(name)))])
    return image.digest
  }

  async #send(
    images: ImageStore,
    source: string,
    destination: string,
    options: Omit<PushOptions, 'access' | 'signal'>,
    given: RegistryGiven,
  ): Promise<Digest> {
    const image = images.lookup(source)
    const reference = parseReference(registryName(destination))
    using access = await this.registryAccess(given)
    const {digest} = await this.interruptible((signal) =>
      pushImage(images, image, reference, {...options, access, signal}),
    )
    return digest
  }
}
