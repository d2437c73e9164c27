import {createWriteStream, mkdtempSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import type {Writable} from 'node:stream'
import {archiveEntries, directoryEntries} from './archive-entries.ts'
import {writeAll} from './write-all.ts'
import {writeOciLayout} from './write-oci-layout.ts'
import type {WriteRequest} from './write-request.ts'

/** An OCI layout as one tar. A blob's digest and size come before its bytes there, so the layout is made aside first. */
export async function writeOciArchive(request: WriteRequest): Promise<Uint8Array> {
  const directory = mkdtempSync(join(request.temporaryDirectory, 'berth-save-'))
  try {
    const manifest = await writeOciLayout({...request, output: directory})
    await tarLayout(directory, request.output, request.signal)
    return manifest
  } finally {
    rmSync(directory, {recursive: true, force: true})
  }
}

/** A directory as a tar; a file that could not be written goes. */
export async function tarLayout(
  directory: string,
  output: string | Writable,
  signal: AbortSignal | undefined,
): Promise<void> {
  const sink = typeof output === 'string' ? createWriteStream(output) : output
  try {
    await writeAll(archiveEntries(directoryEntries(directory)), sink, signal)
  } catch (error) {
    if (typeof output === 'string') rmSync(output, {force: true})
    throw error
  }
}
