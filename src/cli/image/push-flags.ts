import type {EngineConfig} from '../../config/engine-config.ts'
import {EngineError} from '../../errors/index.ts'
import {type PushOptions, parseCompression} from '../../image/index.ts'
import * as flags from '../flags.ts'

/** How podman signs in other ways; options that Berth does not serve: each is refused when given. */
export const unservedPushFlags = {
  'sign-by-sigstore': flags.string({summary: 'Sign as a sigstore parameter file says (not supported)'}),
  'sign-by-sigstore-private-key': flags.string({
    summary: 'Sign with the private sigstore key in a file (not supported)',
  }),
  'sign-by-sq-fingerprint': flags.string({
    summary: 'Sign with the Sequoia key of this fingerprint (not supported)',
  }),
}

/** Options of `push` and `manifest push`. */
export const pushFlags = {
  'compression-format': flags.string({summary: 'How to compress the layers: gzip or zstd', suggests: ['gzip', 'zstd']}),
  'compression-level': flags.int({summary: 'How hard to compress: a larger number makes smaller layers, more slowly'}),
  digestfile: flags.string({summary: 'Save the digest of the pushed image in a file'}),
  'force-compression': flags.bool({
    summary: 'Push layers as asked for, even if the registry has them in another compression',
  }),
  quiet: flags.bool({char: 'q', summary: 'Show no progress while pushing'}),
  'sign-by': flags.string({summary: 'Sign the image with this GPG key'}),
  'sign-passphrase-file': flags.string({summary: 'File with the passphrase of the key of --sign-by'}),
  'remove-signatures': flags.bool({summary: 'Push no signatures that the image already has'}),
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
