import {openSync, statSync} from 'node:fs'
import {EngineError, isErrno} from '../errors/index.ts'
import {redirectOutput} from '../host/index.ts'
import type {GlobalFlags} from './global-flags.ts'

/**
 * Options of the program that change the process itself, for whatever command runs in it: where output goes, whose
 * credentials count.
 */
export function prepareProcess(globals: GlobalFlags): void {
  const {config, noout, out} = globals
  if (config) {
    checkDirectory(config)
    process.env.DOCKER_CONFIG = config
  }
  if (noout) redirectOutput(openSync('/dev/null', 'w'))
  if (out) redirectOutput(openSync(out, 'w', 0o755))
}

/** One that is not there yet is made by whoever writes to it. */
function checkDirectory(path: string): void {
  try {
    if (statSync(path).isDirectory()) return
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return
    throw new EngineError('ERR_REFUSED', `supplied --config folder (${path}) exists but is not accessible`, {cause})
  }
  throw new EngineError('ERR_REFUSED', `supplied --config file (${path}) is not a directory`)
}
