import {readFileSync, realpathSync, statSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {EngineError, isErrno} from '../../errors/index.ts'
import type {Spec} from '../../oci/types/runtime-spec.ts'

export interface Bundle {
  /** Real path. */
  readonly path: string
  readonly spec: Spec
  /** Real path of the root file system on the host. */
  readonly rootfs: string
}

/**
 * A bundle as `create` needs it, checked against what the runtime-spec demands of it.
 * @throws ERR_BUNDLE_INVALID
 * @see runtime-spec bundle.md; kata's validCreateParams
 */
export function loadBundle(directory: string): Bundle {
  const path = realDirectory(directory)
  const spec = parseSpec(readConfig(join(path, 'config.json')))
  return {path, spec, rootfs: realRootfs(resolve(path, spec.root?.path ?? ''))}
}

function realDirectory(directory: string): string {
  try {
    const path = realpathSync(directory)
    if (statSync(path).isDirectory()) return path
  } catch (cause) {
    throw new EngineError('ERR_BUNDLE_INVALID', `${directory}: ${reason(cause)}`, {cause})
  }
  throw new EngineError('ERR_BUNDLE_INVALID', `${directory}: not a directory`)
}

function readConfig(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if (isErrno(cause, 'ENOENT'))
      throw new EngineError('ERR_BUNDLE_INVALID', `JSON specification file ${path} not found`, {cause})
    throw new EngineError('ERR_BUNDLE_INVALID', `${path}: ${reason(cause)}`, {cause})
  }
}

function realRootfs(path: string): string {
  try {
    const real = realpathSync(path)
    if (statSync(real).isDirectory()) return real
  } catch (cause) {
    throw new EngineError('ERR_BUNDLE_INVALID', `invalid rootfs ${path}: ${reason(cause)}`, {cause})
  }
  throw new EngineError('ERR_BUNDLE_INVALID', `invalid rootfs ${path}: not a directory`)
}

/** Reads config.json and checks the fields that everything else relies on. @throws ERR_BUNDLE_INVALID with the field */
export function parseSpec(text: string): Spec {
  let spec: Spec
  try {
    spec = JSON.parse(text)
  } catch (cause) {
    throw new EngineError('ERR_BUNDLE_INVALID', `config.json: ${(cause as Error).message}`, {cause})
  }
  requireField('ociVersion', /^1\.\d+\.\d+/.test(String(spec?.ociVersion)))
  requireField('root.path', typeof spec.root?.path === 'string' && spec.root.path !== '')
  requireField('process', typeof spec.process === 'object' && spec.process !== null)
  requireField('process.args', isStrings(spec.process?.args) && (spec.process?.args?.length ?? 0) > 0)
  requireField('process.cwd', spec.process?.cwd?.startsWith('/') ?? false)
  requireField('process.env', spec.process?.env === undefined || isStrings(spec.process.env))
  requireField(
    'mounts',
    (spec.mounts ?? []).every(({destination}) => typeof destination === 'string' && destination !== ''),
  )
  return spec
}

function requireField(name: string, valid: boolean): void {
  if (!valid) throw new EngineError('ERR_BUNDLE_INVALID', `config.json: ${name} is missing or not valid`)
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
}

function reason(error: unknown): string {
  return isErrno(error, 'ENOENT') ? 'no such file or directory' : (error as Error).message
}
