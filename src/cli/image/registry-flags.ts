import {EngineError} from '../../errors/index.ts'
import {parseCredentials} from '../../image/registry/credentials.ts'
import * as flags from '../flags.ts'

/** Options of the commands that speak with registries. */
export const registryFlags = {
  authfile: flags.string({
    summary: 'File with the logins for registries (instead of $REGISTRY_AUTH_FILE)',
  }),
  'cert-dir': flags.string({
    summary: 'Directory with TLS certificates and keys for the registry',
    valueName: 'Pathname',
  }),
  creds: flags.string({
    summary: 'Log in to the registry as USERNAME:PASSWORD; the password is asked for when left out',
  }),
  'tls-verify': flags.bool({
    summary: 'Use HTTPS only, and registries whose certificate is valid',
    default: true,
  }),
}

export const retryFlags = {
  retry: flags.uint({summary: 'How often a failed transfer is tried again'}),
  'retry-delay': flags.string({summary: 'Fixed time between two tries, such as 5s; grows by itself when left out'}),
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
    summary: "Pick the image made for this architecture, not for this machine's",
    valueName: 'ARCH',
  }),
  os: flags.string({summary: "Pick the image made for this operating system, not for this machine's", valueName: 'OS'}),
  platform: flags.string({summary: 'Pick the image made for OS/ARCH[/VARIANT]; not together with --arch or --os'}),
  variant: flags.string({summary: 'Pick the image made for this variant of the architecture, such as v7'}),
}

/** @throws ERR_REFUSED for a path that holds no file */
export function refuseMissingAuthFile(path: string | undefined, exists: (path: string) => boolean): void {
  if (path !== undefined && !exists(path))
    throw new EngineError('ERR_REFUSED', `credential file is not accessible: stat ${path}: no such file or directory`)
}
