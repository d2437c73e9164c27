import {existsSync, mkdtempSync, readFileSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {Readable} from 'node:stream'
import {buffer, text} from 'node:stream/consumers'
import {unpackTree} from '../../../storage/index.ts'
import {EngineError} from '../../errors/index.ts'
import {run} from '../../host/index.ts'

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
}

/** @throws ERR_REFUSED in podman's words when there is no context or no Containerfile */
export async function openContext({source = '.', files}: ContextRequest): Promise<BuildContext> {
  if (source === '-') return fromStdin(files)
  if (/^https?:\/\/.*\.git(#|$)|^git(@|:\/\/)/.test(source)) return fromGit(source, files)
  if (/^https?:\/\//.test(source)) return fromURL(source, files)
  const directory = resolve(source)
  if (!existsSync(directory))
    throw new EngineError('ERR_REFUSED', `context must be a directory: ${JSON.stringify(source)}`)
  if (!statSync(directory).isDirectory())
    return {
      ...(await withFiles(resolve(directory, '..'), files.length > 0 ? files : [directory])),
      [Symbol.dispose]: () => {},
    }
  return {...(await withFiles(directory, files)), [Symbol.dispose]: () => {}}
}

/** A Containerfile, or a tarball of a context. */
async function fromStdin(files: readonly string[]): Promise<BuildContext> {
  const bytes = await buffer(process.stdin)
  const isText = files.length === 0 && !looksLikeArchive(bytes)
  return temporary(async (directory) => {
    if (isText) return {directory, containerfiles: [bytes.toString()]}
    await unpackTree({source: Readable.from([bytes]), root: directory, path: '/'})
    return withFiles(directory, files)
  })
}

function fromURL(url: string, files: readonly string[]): Promise<BuildContext> {
  return temporary(async (directory) => {
    const response = await fetch(url)
    if (!response.ok) throw new EngineError('ERR_REFUSED', `fetching ${url}: unexpected status ${response.status}`)
    const bytes = Buffer.from(await response.arrayBuffer())
    if (!looksLikeArchive(bytes)) return {directory, containerfiles: [bytes.toString()]}
    await unpackTree({source: Readable.from([bytes]), root: directory, path: '/'})
    return withFiles(directory, files)
  })
}

/** `URL#REF:SUBDIRECTORY` */
function fromGit(text: string, files: readonly string[]): Promise<BuildContext> {
  const [url = '', fragment = ''] = text.split('#')
  const [ref = '', subdirectory = ''] = fragment.split(':')
  return temporary(async (directory) => {
    await run('git', ['clone', '--quiet', ...(ref ? ['--branch', ref] : []), '--depth', '1', '--', url, directory])
    return withFiles(join(directory, subdirectory), files)
  })
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

async function withFiles(directory: string, files: readonly string[]) {
  if (files.length === 0) {
    const found = ['Containerfile', 'Dockerfile'].map((name) => join(directory, name)).find((path) => existsSync(path))
    if (!found)
      throw new EngineError(
        'ERR_REFUSED',
        `no Containerfile or Dockerfile specified or found in context directory, ${directory}: no such file or directory`,
      )
    return {directory, containerfiles: [readFileSync(found, 'utf8')], containerfilePath: found}
  }
  const paths = files.map((file) =>
    file === '-' ? file : existsSync(resolve(file)) ? resolve(file) : join(directory, file),
  )
  const containerfiles = await Promise.all(paths.map((path) => (path === '-' ? text(process.stdin) : readFile(path))))
  return {directory, containerfiles, ...(paths[0] !== '-' && {containerfilePath: paths[0]})}
}

async function readFile(path: string): Promise<string> {
  if (!existsSync(path))
    throw new EngineError(
      'ERR_REFUSED',
      `the specified Containerfile or Dockerfile does not exist, ${path}: no such file or directory`,
    )
  return readFileSync(path, 'utf8')
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
