import {existsSync} from 'node:fs'
import type {Engine} from '../../engine.ts'

/** Where on the host a mount's content lies: a bind's own path, a named volume's directory; undefined for the rest (tmpfs). */
export async function mountSourceOnHost({volumes}: Engine, source: string): Promise<string | undefined> {
  if (source.startsWith('/')) return existsSync(source) ? source : undefined
  return volumes.find(source) && volumes.mountpoint(source)
}
