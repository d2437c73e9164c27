import {chownSync, mkdirSync, writeFileSync} from 'node:fs'
import {isAbsolute, join} from 'node:path'
import {hasCode} from '../../errors/index.ts'
import type {SecretTemplate} from '../../oci/spec/index.ts'
import type {Mount} from '../../oci/types/runtime-spec.ts'
import type {HeldContainer} from './held-container.ts'

export interface ContainerSecrets {
  readonly mounts: readonly Mount[]
  readonly env: Readonly<Record<string, string>>
}

/** Brings the secrets in: files in the per-boot directory, which the container gets mounted, and variables. */
export async function bringInSecrets({engine, config, bundle}: HeldContainer): Promise<ContainerSecrets> {
  const mounts: Mount[] = []
  const env: Record<string, string> = {}
  for (const secret of config.secrets) {
    const data = await engine.secrets.data(lookUp(engine, secret))
    if (secret.kind === 'env') env[secret.target] = Buffer.from(data).toString()
    else mounts.push(writeSecret(secret, data, join(bundle, 'secrets')))
  }
  return {mounts, env}
}

/** One that was replaced has another id: its name stays. @throws ERR_NO_SUCH_SECRET */
function lookUp({secrets}: HeldContainer['engine'], {id, name}: SecretTemplate) {
  try {
    return secrets.lookup(id)
  } catch (error) {
    if (!hasCode(error, 'ERR_NO_SUCH_SECRET')) throw error
    return secrets.lookup(name)
  }
}

function writeSecret(secret: SecretTemplate, data: Uint8Array, directory: string): Mount {
  mkdirSync(directory, {recursive: true, mode: 0o700})
  const source = join(directory, secret.name)
  writeFileSync(source, data, {mode: secret.mode})
  chownSync(source, secret.uid, secret.gid)
  const destination = isAbsolute(secret.target) ? secret.target : join('/run/secrets', secret.target || secret.name)
  return {destination, type: 'bind', source, options: ['bind', 'rprivate', 'ro', 'nosuid', 'noexec', 'nodev']}
}
