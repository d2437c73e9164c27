import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {basename, join} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {resolveInRoot} from '../../host/index.ts'
import {matchGlob} from '../copy/glob.ts'
import type {ContextFilter} from '../copy/ignore.ts'
import {expandWord, type Variables} from '../parse/expand.ts'
import type {Instruction} from '../parse/instruction.ts'
import {download} from './download.ts'

/** One thing to copy: a file or directory on the host, and what of it takes part. */
export interface CopySource {
  readonly path: string
  /** The last part of the target's name, where that is a directory. */
  readonly name: string
  /** Its path below what it is copied from, for `--exclude`. */
  readonly relativePath: string
  /** What of its path `--parents` keeps: what follows `/./`, else all. */
  readonly keptPath: string
  readonly includes: ContextFilter
  /** ADD unpacks it when it is a tar archive; downloads are not unpacked. */
  readonly mayUnpack: boolean
}

/** A directory tree that sources are found in. */
export interface SourceRoot {
  readonly directory: string
  readonly includes: ContextFilter
}

/**
 * Finds what the words of COPY or ADD name below the root. Nothing outside of it can be named. A link that is named
 * stands for what it points to.
 * @throws ERR_REFUSED in buildah's words when a word matches nothing
 */
export function sourcesIn(root: SourceRoot, words: readonly string[]): readonly CopySource[] {
  return words.flatMap((word) => {
    const pattern = join('/', word).slice(1)
    const found = matchGlob(root.directory, pattern === '' ? '.' : pattern).filter((path) => takesPart(root, path))
    if (found.length === 0) throw notFound(root, pattern)
    return found.map((path) => sourceAt(root, path, pivotDepth(word)))
  })
}

function sourceAt(root: SourceRoot, path: string, dropped: number): CopySource {
  const place = resolveInRoot(root.directory, path)
  if (!existsSync(place)) throw notFound(root, path)
  return {
    path: place,
    name: basename(path),
    relativePath: path,
    keptPath: path.split('/').slice(dropped).join('/'),
    includes: (inner: string) => root.includes(join(path, inner)),
    mayUnpack: true,
  }
}

/** How many parts of a path stand before `/./`. */
function pivotDepth(word: string): number {
  const pivot = word.indexOf('/./')
  return pivot < 0 ? 0 : join('/', word.slice(0, pivot)).split('/').filter(Boolean).length
}

function notFound({directory}: SourceRoot, pattern: string): EngineError {
  const place = `checking on sources under ${JSON.stringify(directory)}`
  return new EngineError(
    'ERR_REFUSED',
    `${place}: copier: stat: ${JSON.stringify(`/${pattern}`)}: no such file or directory`,
  )
}

/** A directory that is ignored as such takes part when something in it is not. */
function takesPart(root: SourceRoot, path: string): boolean {
  return (
    root.includes(path) ||
    matchGlob(join(root.directory, path), '**/*').some((inner) => root.includes(join(path, inner)))
  )
}

/** Files made for one instruction: here-documents and downloads. Dispose to remove them. */
export class MadeSources implements Disposable {
  readonly #directory = mkdtempSync(join(tmpdir(), 'berth-build-'))

  heredocs(instruction: Instruction, variables: Variables, escapeChar: string): readonly CopySource[] {
    return instruction.heredocs.map(({name, content, expand}) => {
      const path = join(this.#directory, name)
      writeFileSync(path, expand ? expandLines(content, variables, escapeChar) : content, {mode: 0o644})
      return this.#source(path)
    })
  }

  async download(url: string, checksum: string | undefined): Promise<CopySource> {
    const name = basename(new URL(url).pathname)
    if (name === '') throw new EngineError('ERR_REFUSED', `cannot determine filename from url: ${url}`)
    const path = join(mkdtempSync(join(this.#directory, 'url-')), name)
    await download(url, path, checksum)
    return this.#source(path)
  }

  #source(path: string): CopySource {
    const name = basename(path)
    return {path, name, relativePath: name, keptPath: name, includes: () => true, mayUnpack: false}
  }

  [Symbol.dispose](): void {
    rmSync(this.#directory, {recursive: true, force: true})
  }
}

/** Variables in a here-document are replaced; quotes are content. */
function expandLines(content: string, variables: Variables, escapeChar: string): string {
  return content.replace(/\\\$|\$(\w+|\{[^}]*\})/g, (found) =>
    found === '\\$' ? '$' : expandWord(found, variables, escapeChar),
  )
}
