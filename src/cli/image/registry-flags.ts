import {EngineError} from '../../errors/index.ts'
import {parseCredentials} from '../../image/registry/credentials.ts'
import * as flags from '../flags.ts'

/** Options of the commands that speak with registries. */
export const registryFlags = {
  authfile: flags.string({
    summary: 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override',
  }),
  'cert-dir': flags.string({
    summary: 'Pathname of a directory containing TLS certificates and keys',
    valueName: 'Pathname',
  }),
  creds: flags.string({summary: 'Credentials (USERNAME:PASSWORD) to use for authenticating to a registry'}),
  'tls-verify': flags.bool({
    summary: 'Require HTTPS and verify certificates when contacting registries',
    default: true,
  }),
}

export const retryFlags = {
  retry: flags.uint({summary: 'Number of times to retry in case of failure when performing the operation'}),
  'retry-delay': flags.string({summary: 'Delay between retries in case of operation failures'}),
}

export interface RegistryGiven {
  readonly authfile?: string
  readonly 'cert-dir'?: string
  readonly creds?: string
  readonly 'tls-verify'?: boolean
  /** The old word for `--tls-verify=false`. */
  readonly insecure?: boolean
  readonly retry?: number
  readonly 'retry-delay'?: string
}

/** The password may be asked for. @throws ERR_REFUSED */
export async function credentialsOf(
  text: string | undefined,
  askPassword: () => Promise<string>,
): Promise<{readonly kind: 'password'; readonly username: string; readonly password: string} | undefined> {
  if (text === undefined) return undefined
  const {username, password} = parseCredentials(text)
  return {kind: 'password', username, password: password ?? (await askPassword())}
}

export const platformFlags = {
  arch: flags.string({
    summary: 'Use ARCH instead of the architecture of the machine for choosing images',
    valueName: 'ARCH',
  }),
  os: flags.string({summary: 'Use OS instead of the running OS for choosing images', valueName: 'OS'}),
  platform: flags.string({summary: 'Specify the platform for selecting the image. (Conflicts with arch and os)'}),
  variant: flags.string({summary: 'Use VARIANT instead of the running architecture variant for choosing images'}),
}

/** @throws ERR_REFUSED for a path that holds no file */
export function refuseMissingAuthFile(path: string | undefined, exists: (path: string) => boolean): void {
  if (path !== undefined && !exists(path))
    throw new EngineError('ERR_REFUSED', `credential file is not accessible: stat ${path}: no such file or directory`)
}
