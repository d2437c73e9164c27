import {EngineError} from '../errors/index.ts'

/** The current directory, for paths that are relative to it. @throws ERR_REFUSED when it has been removed */
export function workingDirectory(): string {
  try {
    return process.cwd()
  } catch (cause) {
    throw new EngineError('ERR_REFUSED', 'getwd: the current directory is no longer there', {cause})
  }
}
