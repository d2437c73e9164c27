import {createWriteStream, mkdtempSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {archiveEntries, directoryEntries} from './archive-entries.ts'
import {writeAll} from './write-all.ts'
import {writeOciLayout} from './write-oci-layout.ts'
import type {WriteRequest} from './write-request.ts'

/** An OCI layout as one tar. A blob's digest and size come before its bytes there, so the layout is made aside first. */
export async function writeOciArchive(request: WriteRequest): Promise<Uint8Array> {
  const directory = mkdtempSync(join(request.temporaryDirectory, 'berth-save-'))
  try {
    const manifest = await writeOciLayout({...request, output: directory})
    const {output, signal} = request
    const sink = typeof output === 'string' ? createWriteStream(output) : output
    await writeAll(archiveEntries(directoryEntries(directory)), sink, signal)
    return manifest
  } catch (error) {
    if (typeof request.output === 'string') rmSync(request.output, {force: true})
    throw error
  } finally {
    rmSync(directory, {recursive: true, force: true})
  }
}
