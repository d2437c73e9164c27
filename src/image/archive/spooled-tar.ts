import {closeSync, openSync, rmSync, writeSync} from 'node:fs'
import {join} from 'node:path'
import type {Readable} from 'node:stream'
import {EngineError} from '../../errors/index.ts'
import {EntryMap} from './entry-map.ts'
import {TarFiles} from './tar-files.ts'

let counter = 0

/**
 * Reads a tar from a stream to its end, keeping the contents in one nameless file of `directory`: manifests may come
 * after the layers they describe, and a layer cannot be applied before its place is known.
 */
export async function spoolTar(source: Readable, directory: string): Promise<TarFiles> {
  const {extract} = await import('tar-stream')
  const descriptor = openNameless(directory)
  const entries = new EntryMap()
  const parser = extract()
  source.on('error', (error) => parser.destroy(error))
  try {
    let end = 0
    for await (const entry of source.pipe(parser)) {
      const {name, type, linkname} = entry.header
      const start = end
      for await (const chunk of entry as AsyncIterable<Buffer>) end = append(descriptor, chunk, end)
      if (type === 'symlink' || type === 'link') entries.addLink(name, type, linkname ?? '')
      else if (type === 'file' || type === 'contiguous-file')
        entries.addFile(name, {file: descriptor, start, size: end - start})
    }
    return new TarFiles(entries, [descriptor])
  } catch (cause) {
    closeSync(descriptor)
    source.destroy()
    if (cause instanceof EngineError) throw cause
    throw new EngineError('ERR_ARCHIVE_INVALID', cause instanceof Error ? cause.message : undefined, {cause})
  }
}

function append(descriptor: number, chunk: Buffer, position: number): number {
  for (let written = 0; written < chunk.length; )
    written += writeSync(descriptor, chunk, written, chunk.length - written, position + written)
  return position + chunk.length
}

/** A file that is gone when the last descriptor closes, also when this process is killed. */
function openNameless(directory: string): number {
  const path = join(directory, `berth-spool-${process.pid}-${counter++}`)
  const descriptor = openSync(path, 'wx+', 0o600)
  rmSync(path)
  return descriptor
}
