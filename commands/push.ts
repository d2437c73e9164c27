import {writeFileSync} from 'node:fs'
import * as flags from '../src/cli/flags.ts'
import {RegistryCommand} from '../src/cli/image/registry-command.ts'
import {registryFlags, retryFlags} from '../src/cli/image/registry-flags.ts'
import {EngineError} from '../src/errors/index.ts'
import {parseCompression, parseReference, pushImage} from '../src/image/index.ts'

/** Options of podman that Berth does not serve: each is refused when given. */
const unserved = {
  'encrypt-layer': flags.intList({
    summary: 'Layers to encrypt, 0-indexed layer indices with support for negative indexing',
  }),
  'encryption-key': flags.array({summary: 'Key with the encryption protocol to use to encrypt the image'}),
  'sign-by': flags.string({summary: 'Add a signature at the destination using the specified key'}),
  'sign-by-sigstore': flags.string({summary: 'Sign the image using a sigstore parameter file at PATH'}),
  'sign-by-sigstore-private-key': flags.string({summary: 'Sign the image using a sigstore private key at PATH'}),
  'sign-by-sq-fingerprint': flags.string({
    summary: 'Sign the image using a Sequoia-PGP key with the specified FINGERPRINT',
  }),
  'sign-passphrase-file': flags.string({summary: 'Read a passphrase for signing an image from PATH'}),
}

export default class Push extends RegistryCommand {
  static override summary = 'Push an image to a specified destination'
  static override description =
    'Pushes a source image to a specified destination: a registry, or its own name when none is given.'
  static override usage = 'IMAGE [DESTINATION]'
  static override examples = [
    '<%= command.id %> imageID docker://registry.example.com/repository:tag',
    '<%= command.id %> imageID registry.example.com/repository:tag',
    '<%= command.id %> --compression-format zstd --format oci app registry.example.com/app',
  ]
  static override args = {image: flags.arg({required: true}), destination: flags.arg()}
  static override flags = {
    ...registryFlags,
    ...retryFlags,
    ...unserved,
    compress: flags.bool({
      summary:
        'Compress tarball image layers when pushing to a directory using the "dir" transport. (default is same compression type as source)',
    }),
    'compression-format': flags.string({summary: 'compression format to use', suggests: ['gzip', 'zstd']}),
    'compression-level': flags.int({summary: 'compression level to use'}),
    digestfile: flags.string({summary: 'Write the digest of the pushed image to the specified file'}),
    'disable-content-trust': flags.bool({summary: 'This is a Docker specific option and is a NOOP'}),
    'force-compression': flags.bool({
      summary:
        'Use the specified compression algorithm even if the destination contains a differently-compressed variant already',
    }),
    format: flags.string({
      char: 'f',
      summary:
        'Manifest type (oci, v2s2, or v2s1) to use in the destination (default is manifest type of source, with fallbacks)',
      suggests: ['oci', 'v2s2'],
    }),
    quiet: flags.bool({char: 'q', summary: 'Suppress output information when pushing images'}),
    'remove-signatures': flags.bool({summary: 'Discard any pre-existing signatures in the image'}),
    'signature-policy': flags.string({summary: 'Path to a signature-policy file', hidden: true}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(Push)
    for (const name of Object.keys(unserved))
      if (this.changed(name)) throw new EngineError('ERR_NOT_SUPPORTED', `push --${name}`)
    this.checkPolicy(given['signature-policy'], 'containers-storage', '')
    if (given.compress)
      throw new EngineError('ERR_REFUSED', '--compress can only be set when the destination is a directory: use save')
    const form = parseForm(given.format)
    const {engine} = await this.engineConfig()
    const compression = parseCompression(
      given['compression-format'] ?? engine.compressionFormat,
      given['compression-level'] ?? engine.compressionLevel,
    )
    const images = await this.images()
    const source = args.image as string
    const image = images.lookup(source)
    const destination = parseReference(withoutTransport(args.destination ?? source))
    using access = await this.registryAccess(given)
    const {digest} = await this.interruptible((signal) =>
      pushImage(images, image, destination, {
        access,
        compression,
        forceCompression: given['force-compression'] || this.changed('compression-format'),
        report: this.copyReport(given.quiet),
        signal,
        ...(form && {form}),
      }),
    )
    if (given.digestfile !== undefined) writeFileSync(given.digestfile, digest)
  }
}

function parseForm(text: string | undefined): 'oci' | 'v2s2' | undefined {
  if (text === undefined || text === 'oci') return text
  if (text === 'v2s2' || text === 'docker') return 'v2s2'
  if (text === 'v2s1') throw new EngineError('ERR_NOT_SUPPORTED', 'manifest type v2s1')
  throw new EngineError(
    'ERR_REFUSED',
    `unknown format "${text}". Choose on of the supported formats: 'oci', 'v2s1', or 'v2s2'`,
  )
}

function withoutTransport(text: string): string {
  const transport = /^([a-z-]+):(?=\/|[^0-9])/.exec(text)?.[1]
  if (text.startsWith('docker://')) return text.slice('docker://'.length)
  if (
    transport !== undefined &&
    ['dir', 'oci', 'oci-archive', 'docker-archive', 'docker-daemon', 'containers-storage'].includes(transport)
  )
    throw new EngineError('ERR_NOT_SUPPORTED', `transport ${transport}: use save for archives and directories`)
  return text
}
