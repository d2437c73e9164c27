import {accessSync, constants, statSync} from 'node:fs'
import {isAbsolute, join} from 'node:path'

/** The first of these that is an executable file: absolute paths as they are, names looked up in $PATH. */
export function findProgram(candidates: readonly string[], searchPath = process.env.PATH ?? ''): string | undefined {
  for (const candidate of candidates) {
    const found = isAbsolute(candidate)
      ? [candidate]
      : searchPath.split(':').map((directory) => join(directory, candidate))
    for (const path of found) if (isExecutableFile(path)) return path
  }
  return undefined
}

function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
