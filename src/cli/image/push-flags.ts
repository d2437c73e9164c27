import type {EngineConfig} from '../../config/engine-config.ts'
import {EngineError} from '../../errors/index.ts'
import {type PushOptions, parseCompression} from '../../image/index.ts'
import * as flags from '../flags.ts'

/** How podman signs in other ways; options that Berth does not serve: each is refused when given. */
export const unservedPushFlags = {
  'sign-by-sigstore': flags.string({summary: 'Sign the image using a sigstore parameter file at PATH'}),
  'sign-by-sigstore-private-key': flags.string({summary: 'Sign the image using a sigstore private key at PATH'}),
  'sign-by-sq-fingerprint': flags.string({
    summary: 'Sign the image using a Sequoia-PGP key with the specified FINGERPRINT',
  }),
}

/** Options of `push` and `manifest push`. */
export const pushFlags = {
  'compression-format': flags.string({summary: 'compression format to use', suggests: ['gzip', 'zstd']}),
  'compression-level': flags.int({summary: 'compression level to use'}),
  digestfile: flags.string({summary: 'Write the digest of the pushed image to the specified file'}),
  'force-compression': flags.bool({
    summary:
      'Use the specified compression algorithm even if the destination contains a differently-compressed variant already',
  }),
  quiet: flags.bool({char: 'q', summary: 'Suppress output information when pushing images'}),
  'sign-by': flags.string({summary: 'Add a signature at the destination using the specified key'}),
  'sign-passphrase-file': flags.string({summary: 'Read a passphrase for signing an image from PATH'}),
  'remove-signatures': flags.bool({summary: 'Discard any pre-existing signatures in the image'}),
}

function signingKey(given: PushGiven): Pick<PushOptions, 'signBy'> {
  const {'sign-by': name, 'sign-passphrase-file': passphraseFile} = given
  if (name === undefined) {
    if (passphraseFile === undefined) return {}
    throw new EngineError('ERR_REFUSED', '--sign-passphrase-file needs --sign-by')
  }
  return {signBy: {name, ...(passphraseFile !== undefined && {passphraseFile})}}
}

/** @throws ERR_NOT_SUPPORTED for an option that was given and is not served */
export function refuseUnserved(names: object, changed: (name: string) => boolean, command: string): void {
  for (const name of Object.keys(names))
    if (changed(name)) throw new EngineError('ERR_NOT_SUPPORTED', `${command} --${name}`)
}

interface PushGiven {
  readonly 'compression-format'?: string
  readonly 'compression-level'?: number
  readonly 'force-compression': boolean
  readonly format?: string
  readonly 'sign-by'?: string
  readonly 'sign-passphrase-file'?: string
}

/** The form and compression that are asked for, here or in containers.conf. @throws ERR_REFUSED, ERR_NOT_SUPPORTED */
export function pushChoices(
  given: PushGiven,
  {engine}: EngineConfig,
): Pick<PushOptions, 'compression' | 'forceCompression' | 'form' | 'signBy'> {
  const form = parseForm(given.format)
  return {
    compression: parseCompression(
      given['compression-format'] ?? engine.compressionFormat,
      given['compression-level'] ?? engine.compressionLevel,
    ),
    forceCompression: given['force-compression'] || given['compression-format'] !== undefined,
    ...(form && {form}),
    ...signingKey(given),
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
