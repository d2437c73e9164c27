import {mkdtempSync, rmSync, utimesSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {basename, join, relative} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {matchGlob} from '../copy/glob.ts'
import type {ContextFilter} from '../copy/ignore.ts'
import {expandWord, type Variables} from '../parse/expand.ts'
import type {Instruction} from '../parse/instruction.ts'
import {download} from './download.ts'

/** One thing to copy: a file or directory on the host, and what of it takes part. */
export interface CopySource {
  readonly path: string
  /** Its path below what it is copied from, for `--parents`. */
  readonly relativePath: string
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
 * Finds what the words of COPY or ADD name below the root. Nothing outside of it can be named.
 * @throws ERR_REFUSED in buildah's words when a word matches nothing
 */
export function sourcesIn(root: SourceRoot, words: readonly string[]): readonly CopySource[] {
  return words.flatMap((word) => {
    const pattern = join('/', word).slice(1)
    const found = matchGlob(root.directory, pattern === '' ? '.' : pattern).filter((path) => takesPart(root, path))
    if (found.length === 0)
      throw new EngineError(
        'ERR_REFUSED',
        `checking on sources under ${JSON.stringify(root.directory)}: copier: stat: ${JSON.stringify(`/${pattern}`)}: no such file or directory`,
      )
    return found.map((path) => ({
      path: join(root.directory, path),
      relativePath: path,
      includes: (inner: string) => root.includes(join(path, inner)),
      mayUnpack: true,
    }))
  })
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
      utimesSync(path, 0, 0)
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
    return {path, relativePath: relative(this.#directory, path), includes: () => true, mayUnpack: false}
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
