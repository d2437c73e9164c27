import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../../errors/index.ts'

/** Tells whether a path, relative to the context, takes part in the build. */
export type ContextFilter = (path: string) => boolean

/**
 * The patterns of `.containerignore` or `.dockerignore` in the context (`CONTAINERFILE.containerignore` and
 * `.dockerignore` beside the Containerfile come first), or of the file named by `--ignorefile`.
 */
export async function contextFilter(
  directory: string,
  options: {readonly ignoreFile?: string; readonly containerfile?: string} = {},
): Promise<ContextFilter> {
  const candidates = options.ignoreFile
    ? [options.ignoreFile]
    : [
        ...(options.containerfile
          ? [`${options.containerfile}.containerignore`, `${options.containerfile}.dockerignore`]
          : []),
        join(directory, '.containerignore'),
        join(directory, '.dockerignore'),
      ]
  const text = candidates.map(readText).find((found) => found !== undefined)
  if (text === undefined) return () => true
  return patternFilter(text.split(/\r?\n/))
}

/** Patterns of `--exclude`, relative to a copied source. */
export async function excludeFilter(patterns: readonly string[]): Promise<ContextFilter> {
  if (patterns.length === 0) return () => true
  return patternFilter(patterns)
}

async function patternFilter(patterns: readonly string[]): Promise<ContextFilter> {
  // A CommonJS module whose export is called `default`: import() wraps it once more.
  const module = await import('@balena/dockerignore')
  const rules = module.default.default().add([...patterns])
  return (path) => path === '' || !rules.ignores(path)
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}
