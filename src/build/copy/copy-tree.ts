import {
  chmodSync,
  constants,
  copyFileSync,
  lchownSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  type Stats,
  symlinkSync,
} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import type {ContextFilter} from './ignore.ts'

export interface CopyOptions {
  /** Undefined keeps the source's. */
  readonly owner?: {readonly uid: number; readonly gid: number}
  /** Permission bits for files and directories; undefined keeps the source's. */
  readonly mode?: number
  /** Which paths, relative to the source, are copied. */
  readonly includes: ContextFilter
}

/**
 * Copies a file, link or directory's content to `target`, whose parent exists. Directories are merged; a file takes the
 * place of a file or link, not of a directory. Times and modes are kept.
 * @throws ERR_REFUSED for a file over a directory and for kinds of files that are not copied
 */
export function copyTree(source: string, target: string, options: CopyOptions, path = ''): void {
  const stat = lstatSync(source)
  if (stat.isDirectory()) copyDirectory(source, target, stat, options, path)
  else copyOther(source, target, stat, options)
}

function copyOther(source: string, target: string, stat: Stats, options: CopyOptions): void {
  const there = lstatSync(target, {throwIfNoEntry: false})
  if (there?.isDirectory()) throw new EngineError('ERR_REFUSED', `cannot copy file over directory: ${target}`)
  if (there) rmSync(target)
  if (stat.isSymbolicLink()) symlinkSync(readlinkSync(source), target)
  else if (stat.isFile()) copyFileSync(source, target, constants.COPYFILE_FICLONE)
  else throw new EngineError('ERR_REFUSED', `${source} is neither a file, a link nor a directory`)
  applyStatus(target, stat, options)
}

function copyDirectory(source: string, target: string, stat: Stats, options: CopyOptions, path: string): void {
  const there = lstatSync(target, {throwIfNoEntry: false})
  if (there && !there.isDirectory()) rmSync(target)
  if (!there?.isDirectory()) mkdirSync(target)
  for (const name of readdirSync(source)) {
    const inner = path === '' ? name : `${path}/${name}`
    if (options.includes(inner) || isDirectoryWithIncluded(join(source, name), inner, options.includes))
      copyTree(join(source, name), join(target, name), options, inner)
  }
  if (path !== '' || !there) applyStatus(target, stat, options)
}

/** A directory that is left out as such is made all the same when a negated pattern lets something in it through. */
function isDirectoryWithIncluded(source: string, path: string, includes: ContextFilter): boolean {
  if (!lstatSync(source).isDirectory()) return false
  return readdirSync(source).some((name) => {
    const inner = `${path}/${name}`
    return includes(inner) || isDirectoryWithIncluded(join(source, name), inner, includes)
  })
}

function applyStatus(target: string, stat: Stats, {owner, mode}: CopyOptions): void {
  lchownSync(target, owner?.uid ?? stat.uid, owner?.gid ?? stat.gid)
  if (!stat.isSymbolicLink()) chmodSync(target, mode ?? stat.mode & 0o7777)
  lutimesSync(target, stat.atime, stat.mtime)
}
