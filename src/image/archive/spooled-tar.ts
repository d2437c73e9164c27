import {closeSync, openSync, rmSync, writeSync} from 'node:fs'
import {join} from 'node:path'
import {type TarEntry, TarReader, type TarSink} from '../../../storage/index.ts'
import {EngineError} from '../../errors/index.ts'
import {EntryMap} from './entry-map.ts'
import {TarFiles} from './tar-files.ts'

let counter = 0

/**
 * Reads a tar to its end, keeping the contents in one nameless file of `directory`: manifests may come after the layers
 * they describe, and a layer cannot be applied before its place is known. A chunk is not needed when the next is asked for.
 */
export async function spoolTar(chunks: AsyncIterable<Buffer>, directory: string): Promise<TarFiles> {
  const spool = new Spool(openNameless(directory))
  const reader = new TarReader(spool)
  try {
    for await (const chunk of chunks) reader.push(chunk)
    reader.end()
    return new TarFiles(spool.entries, [spool.descriptor])
  } catch (cause) {
    closeSync(spool.descriptor)
    if (cause instanceof EngineError) throw cause
    throw new EngineError('ERR_ARCHIVE_INVALID', cause instanceof Error ? cause.message : undefined, {cause})
  }
}

class Spool implements TarSink {
  readonly descriptor: number
  readonly entries = new EntryMap()
  #entry: TarEntry | undefined
  #start = 0
  #end = 0

  constructor(descriptor: number) {
    this.descriptor = descriptor
  }

  structure(): void {}

  entry(entry: TarEntry): void {
    this.#entry = entry
    this.#start = this.#end
  }

  content(bytes: Buffer, position: number): void {
    const start = this.#start + position
    for (let done = 0; done < bytes.length; )
      done += writeSync(this.descriptor, bytes, done, bytes.length - done, start + done)
  }

  entryEnd(): void {
    const {type, name, linkName, size = 0} = this.#entry ?? {}
    const [path, target] = [utf8(name), utf8(linkName)]
    if (type === 'symlink') this.entries.addLink(path, 'symlink', target)
    else if (type === 'hardlink') this.entries.addLink(path, 'link', target)
    else if (type === 'file') this.entries.addFile(path, {file: this.descriptor, start: this.#start, size})
    this.#end += size
  }
}

function utf8(name = ''): string {
  return Buffer.from(name, 'latin1').toString('utf8')
}

/** A file that is gone when the last descriptor closes, also when this process is killed. */
function openNameless(directory: string): number {
  const path = join(directory, `berth-spool-${process.pid}-${counter++}`)
  const descriptor = openSync(path, 'wx+', 0o600)
  rmSync(path)
  return descriptor
}
