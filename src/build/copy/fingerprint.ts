import {createHash, type Hash} from 'node:crypto'
import {closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync} from 'node:fs'
import {join} from 'node:path'
import type {ContextFilter} from './ignore.ts'

const BLOCK_BYTES = 1 << 20

/**
 * A digest of what a copy takes from a source: names, kinds, modes, links and content, not times. Two trees with the
 * same fingerprint give the same layer.
 * @param withOwner owners count too, when the copy keeps them
 */
export function fingerprint(source: string, includes: ContextFilter, withOwner: boolean): string {
  const hash = createHash('sha256')
  add(hash, source, '', includes, withOwner)
  return hash.digest('hex')
}

function add(hash: Hash, source: string, path: string, includes: ContextFilter, withOwner: boolean): void {
  const stat = lstatSync(source)
  if (includes(path)) {
    const link = stat.isSymbolicLink() ? readlinkSync(source) : ''
    hash.update(
      JSON.stringify([path, stat.mode, link, withOwner ? [stat.uid, stat.gid] : [], stat.isFile() ? stat.size : 0]),
    )
    if (stat.isFile()) addContent(hash, source)
  }
  if (!stat.isDirectory()) return
  for (const name of readdirSync(source).sort())
    add(hash, join(source, name), path === '' ? name : `${path}/${name}`, includes, withOwner)
}

function addContent(hash: Hash, path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    const block = Buffer.allocUnsafe(BLOCK_BYTES)
    for (let read = readSync(descriptor, block); read > 0; read = readSync(descriptor, block))
      hash.update(block.subarray(0, read))
  } finally {
    closeSync(descriptor)
  }
}
