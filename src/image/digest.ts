import {createHash} from 'node:crypto'
import type {ChainID} from '../../storage/snapshotter.ts'
import type {Digest} from '../oci/types/image-spec.ts'

export function digestOf(bytes: string | Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** The hex digits alone: what image ids and file names show. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length)
}

/** The chain id of every layer, from the lowest up. @see image-spec config.md, Layer ChainID */
export function chainIDsOf(diffIDs: readonly Digest[]): readonly ChainID[] {
  const chain: ChainID[] = []
  for (const diffID of diffIDs) chain.push(nextChainID(chain.at(-1), diffID))
  return chain
}

export function nextChainID(parent: ChainID | undefined, diffID: Digest): ChainID {
  return parent === undefined ? diffID : digestOf(`${parent} ${diffID}`)
}
