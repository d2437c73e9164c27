import {lstatSync, readdirSync, type Stats} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../../errors/index.ts'

/**
 * Paths below `root` that fit the pattern, relative to it and sorted; `*`, `?` and `[…]` within a path's part, and `**`
 * for any number of parts. A pattern without any of these is itself, if it exists.
 * @see Go path/filepath, Match
 */
export function matchGlob(root: string, pattern: string): readonly string[] {
  const parts = pattern.split('/').filter((part) => part !== '' && part !== '.')
  return expand(root, '', parts).sort()
}

function expand(root: string, base: string, [part, ...rest]: readonly string[]): string[] {
  if (part === undefined) return [base]
  if (part === '**')
    return [
      ...expand(root, base, rest),
      ...entries(root, base).flatMap((name) => descend(root, join(base, name), rest)),
    ]
  if (!/[*?[\\]/.test(part)) return exists(join(root, base, part)) ? expand(root, join(base, part), rest) : []
  const matcher = new RegExp(`^${partSource(part)}$`, 's')
  return entries(root, base)
    .filter((name) => matcher.test(name))
    .flatMap((name) => expand(root, join(base, name), rest))
}

function descend(root: string, base: string, rest: readonly string[]): string[] {
  return isDirectory(join(root, base)) ? expand(root, base, ['**', ...rest]) : rest.length === 0 ? [base] : []
}

function partSource(part: string): string {
  return part.replace(/\\([\s\S])|\[\^?[^\]]*\]|[*?]|[.+^${}()|]/g, (found, escaped?: string) => {
    if (escaped !== undefined) return escaped.replace(/[^\w]/g, '\\$&')
    if (found === '*') return '[^/]*'
    if (found === '?') return '[^/]'
    return found.startsWith('[') ? found : `\\${found}`
  })
}

function entries(root: string, base: string): readonly string[] {
  try {
    return readdirSync(join(root, base))
  } catch (error) {
    if (isErrno(error, 'ENOTDIR', 'ENOENT')) return []
    throw error
  }
}

function exists(path: string): boolean {
  return statusOf(path) !== undefined
}

function isDirectory(path: string): boolean {
  return statusOf(path)?.isDirectory() ?? false
}

function statusOf(path: string): Stats | undefined {
  try {
    return lstatSync(path)
  } catch (error) {
    if (isErrno(error, 'ENOTDIR', 'ENOENT')) return undefined
    throw error
  }
}
