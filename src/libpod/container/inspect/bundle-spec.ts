import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../../../errors/index.ts'
import type {Spec} from '../../../oci/types/runtime-spec.ts'
import type {HeldContainer} from '../held-container.ts'

/** The config.json of the container's last start on this boot. */
export function readBundleSpec({bundle}: HeldContainer): Spec | undefined {
  try {
    return JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8')) as Spec
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}
