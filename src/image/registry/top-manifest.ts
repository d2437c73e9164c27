import {EngineError, hasCode, inContext} from '../../errors/index.ts'
import {type Reference, repositoryOf} from '../reference.ts'
import {pullEndpoints} from './endpoints.ts'
import type {RegistryAccess} from './registry-access.ts'
import type {RemoteManifest, Repository} from './repository.ts'

export interface TopManifest {
  /** The place that answered. */
  readonly repository: Repository
  readonly manifest: RemoteManifest
}

/** What a name with tag or digest stands for, an image or a list, from the first mirror or registry that has it. */
export async function readTopManifest(
  reference: Reference,
  {access, signal}: {readonly access: RegistryAccess; readonly signal?: AbortSignal},
): Promise<TopManifest> {
  const endpoints = pullEndpoints(access.conf, reference)
  for (const endpoint of endpoints) {
    try {
      const repository = await access.repository(endpoint)
      const manifest = await readManifest(repository, endpoint.reference, signal)
      return {repository, manifest}
    } catch (error) {
      signal?.throwIfAborted()
      if (endpoint === endpoints.at(-1)) throw error
    }
  }
  throw new EngineError('ERR_INTERNAL', 'no place to pull from')
}

/** The manifest of a reference, whose name is in the error when the registry has none or does not give it. */
export async function readManifest(
  repository: Repository,
  reference: Reference,
  signal: AbortSignal | undefined,
): Promise<RemoteManifest> {
  const wanted = reference.digest ?? reference.tag ?? 'latest'
  try {
    return await repository.manifest(wanted, signal)
  } catch (error) {
    if (!hasCode(error, 'ERR_MANIFEST_UNKNOWN', 'ERR_UNAUTHORIZED')) throw error
    throw inContext(`reading manifest ${wanted} in ${repositoryOf(reference)}`, error)
  }
}
