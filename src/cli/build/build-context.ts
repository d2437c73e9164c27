import {existsSync, mkdtempSync, readFileSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join, resolve} from 'node:path'
import {Readable} from 'node:stream'
import {buffer, text} from 'node:stream/consumers'
import {unpackTree} from '../../../storage/index.ts'
import {EngineError} from '../../errors/index.ts'
import {run} from '../../host/index.ts'
import {cloneRepository, isGitRepository} from './git-context.ts'

/** What a build starts from. Dispose it: a context that was fetched lies in a temporary directory. */
export interface BuildContext extends Disposable {
  readonly directory: string
  readonly containerfiles: readonly string[]
  readonly containerfilePath?: string
}

export interface ContextRequest {
  /** A directory, `-`, a tarball's or git repository's URL; default the working directory. */
  readonly source?: string
  /** `--file`, each a path or `-`. */
  readonly files: readonly string[]
  /** For files named `*.in`, which the C preprocessor reads first. */
  readonly cppFlags?: readonly string[]
}

/** @throws ERR_REFUSED in podman's words when there is no context or no Containerfile */
export async function openContext(request: ContextRequest): Promise<BuildContext> {
  const {source = '.', files} = request
  if (source === '-') return fromStdin(request)
  if (isGitRepository(source))
    return temporary(async (directory) => withFiles(await cloneRepository(source, directory), request))
  if (/^https?:\/\//.test(source)) return fromURL(source, request)
  const directory = resolve(source)
  const status = statSync(directory, {throwIfNoEntry: false})
  if (!status) throw new EngineError('ERR_REFUSED', `context must be a directory: ${JSON.stringify(directory)}`)
  const found = status.isDirectory()
    ? await withFiles(directory, request)
    : await withFiles(resolve(directory, '..'), files.length > 0 ? request : {...request, files: [directory]})
  return {...found, [Symbol.dispose]: () => {}}
}

/** A Containerfile, or a tarball of a context. */
async function fromStdin(request: ContextRequest): Promise<BuildContext> {
  return fromBytes(await buffer(process.stdin), request)
}

async function fromURL(url: string, request: ContextRequest): Promise<BuildContext> {
  return fromBytes(await download(url), request)
}

function fromBytes(bytes: Buffer, request: ContextRequest): Promise<BuildContext> {
  return temporary(async (directory) => {
    if (!looksLikeArchive(bytes) && request.files.length === 0) return {directory, containerfiles: [bytes.toString()]}
    await unpackTree({source: Readable.from([bytes]), root: directory, path: '/'})
    return withFiles(directory, request)
  })
}

async function download(url: string): Promise<Buffer> {
  const response = await fetch(url).catch((cause: unknown) => {
    throw new EngineError('ERR_REFUSED', `fetching ${url}: ${(cause as Error).message}`, {cause})
  })
  if (!response.ok) throw new EngineError('ERR_REFUSED', `fetching ${url}: unexpected status ${response.status}`)
  return Buffer.from(await response.arrayBuffer())
}

async function temporary(
  fill: (directory: string) => Promise<Omit<BuildContext, typeof Symbol.dispose>>,
): Promise<BuildContext> {
  const directory = mkdtempSync(join(tmpdir(), 'berth-context-'))
  const remove = () => rmSync(directory, {recursive: true, force: true})
  try {
    return {...(await fill(directory)), [Symbol.dispose]: remove}
  } catch (error) {
    remove()
    throw error
  }
}

async function withFiles(directory: string, {files, cppFlags = []}: ContextRequest) {
  const paths = files.length > 0 ? files.map((file) => placeOf(file, directory)) : [usualFile(directory)]
  const containerfiles = await Promise.all(paths.map((path) => readContainerfile(path, cppFlags)))
  const [first = '-'] = paths
  return {directory, containerfiles, ...(isPath(first) && {containerfilePath: first})}
}

function usualFile(directory: string): string {
  const found = ['Containerfile', 'Dockerfile'].map((name) => join(directory, name)).find((path) => existsSync(path))
  if (found) return found
  throw new EngineError(
    'ERR_REFUSED',
    `no Containerfile or Dockerfile specified or found in context directory, ${directory}: no such file or directory`,
  )
}

/** As seen from the working directory, else from the context. */
function placeOf(file: string, directory: string): string {
  if (!isPath(file)) return file
  return existsSync(resolve(file)) ? resolve(file) : join(directory, file)
}

function isPath(file: string): boolean {
  return file !== '-' && !/^https?:\/\//.test(file)
}

async function readContainerfile(path: string, cppFlags: readonly string[]): Promise<string> {
  if (path === '-') return text(process.stdin)
  if (!isPath(path)) return (await download(path)).toString()
  if (!existsSync(path))
    throw new EngineError(
      'ERR_REFUSED',
      `the specified Containerfile or Dockerfile does not exist, ${path}: no such file or directory`,
    )
  const info = statSync(path)
  // A pipe has no size
  if (info.isFile() && info.size === 0) throw new EngineError('ERR_REFUSED', `no contents in ${JSON.stringify(path)}`)
  return path.endsWith('.in') ? preprocess(path, cppFlags) : readFileSync(path, 'utf8')
}

/** As buildah runs it. */
async function preprocess(path: string, cppFlags: readonly string[]): Promise<string> {
  const flags = [
    '-E',
    '-iquote',
    dirname(path),
    '-traditional',
    '-undef',
    '-P',
    ...cppFlags.flatMap((text) => text.split(' ')),
  ]
  const {stdout} = await run('cpp', [...flags, path])
  return stdout
}

function looksLikeArchive(bytes: Buffer): boolean {
  const compressed = [
    [0x1f, 0x8b],
    [0x42, 0x5a, 0x68],
    [0xfd, 0x37, 0x7a],
    [0x28, 0xb5, 0x2f, 0xfd],
  ]
  if (compressed.some((magic) => magic.every((byte, index) => bytes[index] === byte))) return true
  return bytes.subarray(257, 262).toString('latin1') === 'ustar'
}
