import {EngineError} from '../../src/errors/index.ts'
import type {ByteString} from '../../src/host/index.ts'

const PATH_MAX = 4096
const NAME_MAX = 255

/**
 * The path of an entry below the layer, without leading and trailing slashes; '' is the layer's own directory.
 * @throws ERR_LAYER_ESCAPE when it climbs above the layer, ERR_LAYER_ENTRY when no file system can hold it
 */
export function entryPath(name: ByteString): ByteString {
  const parts: string[] = []
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) throw new EngineError('ERR_LAYER_ESCAPE', quote(name))
  }
  const path = parts.join('/')
  if (path.length >= PATH_MAX || parts.some((part) => part.length > NAME_MAX))
    throw new EngineError('ERR_LAYER_ENTRY', `${quote(name)}: file name too long`)
  if (path.includes('\0')) throw new EngineError('ERR_LAYER_ENTRY', `${quote(name)}: NUL in file name`)
  return path
}

export function splitPath(path: ByteString): {readonly directory: ByteString; readonly base: ByteString} {
  const slash = path.lastIndexOf('/')
  return {directory: slash < 0 ? '' : path.slice(0, slash), base: path.slice(slash + 1)}
}

export function joinPath(directory: ByteString, base: ByteString): ByteString {
  return directory === '' ? base : `${directory}/${base}`
}

/** For messages: what is no printable ASCII is escaped, long names are cut. */
export function quote(name: ByteString): string {
  const text = Buffer.from(name.length > 200 ? `${name.slice(0, 200)}…` : name, 'latin1').toString()
  return JSON.stringify(text)
}
