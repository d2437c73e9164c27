import {posix} from 'node:path'
import {PassThrough, type Readable, type Writable} from 'node:stream'
import {EngineError} from '../../errors/index.ts'
import type {PathFacts, Side} from './side.ts'

export interface Place {
  readonly side: Side
  readonly path: string
}

export interface CopyRules {
  /** A file may replace a directory, and a directory a file (`--overwrite`). */
  readonly overwrite: boolean
}

/**
 * Copies a path: a file into a directory, over a file or to a new name; a directory into a directory, or as a new one.
 * `DIR/.` copies what is in it.
 * @throws ERR_REFUSED in podman's words
 */
export async function copyPath(from: Place, to: Place, {overwrite}: CopyRules): Promise<void> {
  const source = await existing(from)
  const {directory, rootName} = await destinationOf(source, contentsOnly(from.path), to)
  const pipe = new PassThrough()
  await both(from.side.read(source, rootName, pipe), to.side.write(directory, pipe, !overwrite), pipe)
}

/** Copies a path to a stream as a tar (`cp CONTAINER:PATH -`). */
export async function copyToStream(from: Place, target: Writable): Promise<void> {
  const source = await existing(from)
  await from.side.read(source, contentsOnly(from.path) ? '.' : source.name, target)
}

/** Unpacks a tar in a directory (`cp - CONTAINER:PATH`). */
export async function copyFromStream(open: () => Promise<Readable>, to: Place, {overwrite}: CopyRules): Promise<void> {
  const directory = await to.side.stat(to.path)
  if (!directory?.isDirectory)
    throw new EngineError('ERR_REFUSED', 'destination must be a directory when copying from stdin')
  await to.side.write(directory.path, await open(), !overwrite)
}

async function existing({side, path}: Place): Promise<PathFacts> {
  const facts = await side.stat(path)
  if (facts) return facts
  throw notFound(side, path)
}

async function destinationOf(
  source: PathFacts,
  contents: boolean,
  to: Place,
): Promise<{directory: string; rootName: string}> {
  const target = await to.side.stat(to.path)
  if (target?.isDirectory) return {directory: target.path, rootName: contents ? '.' : source.name}
  if (target && source.isDirectory)
    throw new EngineError('ERR_REFUSED', 'destination must be a directory when copying a directory')
  if (target) return {directory: posix.dirname(target.path), rootName: target.name}
  // A link that leads nowhere is filled, not replaced.
  const path = (await to.side.resolve(to.path)).replace(/\/+$/, '')
  const parent = await to.side.stat(posix.dirname(path))
  if (!parent?.isDirectory || (to.path.endsWith('/') && !source.isDirectory)) throw notFound(to.side, to.path)
  return {directory: parent.path, rootName: posix.basename(path)}
}

function contentsOnly(path: string): boolean {
  return path === '.' || path.endsWith('/.')
}

function notFound(side: Side, path: string): EngineError {
  return new EngineError('ERR_REFUSED', `"${path}" could not be found on ${side.label}: no such file or directory`)
}

/** Runs both ends of a pipe; the first failure ends the other and is the one thrown. */
async function both(reading: Promise<void>, writing: Promise<void>, pipe: PassThrough): Promise<void> {
  // Whoever destroys the pipe says why; each end reports its own failure.
  pipe.on('error', () => undefined)
  const failures: unknown[] = []
  const fail = (error: unknown): void => {
    failures.push(error)
    pipe.destroy(error instanceof Error ? error : undefined)
  }
  await Promise.all([reading.catch(fail), writing.catch(fail)])
  if (failures.length > 0) throw failures[0]
}
