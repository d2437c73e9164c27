import {createHash} from 'node:crypto'
import type {Digest} from '../src/oci/types/image-spec.ts'
import type {ChainID} from './snapshotter.ts'

/** @see image-spec config.md, Layer ChainID */
export function chainIDOf(parent: ChainID | undefined, diffID: Digest): ChainID {
  if (parent === undefined) return diffID
  return `sha256:${createHash('sha256').update(`${parent} ${diffID}`).digest('hex')}`
}
