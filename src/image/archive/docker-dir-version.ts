import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../../errors/index.ts'

/** What the file `version` of a `dir` holds. */
export const VERSION = 'Directory Transport Version: 1.1\n'
export const NOT_AN_IMAGE = "not a containers image directory, don't want to overwrite important data"

/** Whether a directory may be written over: it is empty, or says that it holds an image. */
export function holdsImage(directory: string): boolean {
  return readdirSync(directory).length === 0 || readVersion(directory) === VERSION
}

function readVersion(directory: string): string | undefined {
  try {
    return readFileSync(join(directory, 'version'), 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'EISDIR')) return undefined
    throw error
  }
}
