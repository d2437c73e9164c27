import {existsSync} from 'node:fs'
import {resolveInRoot} from '../host/index.ts'
import type {ImageRunConfig} from '../oci/types/image-spec.ts'
import type {RunMount} from './build-request.ts'

/** `--compat-volumes`: what RUN writes below a VOLUME is thrown away, as it goes to an overlay of what was there. */
export function compatibleVolumes({Volumes}: ImageRunConfig, rootfs: string): readonly RunMount[] {
  return Object.keys(Volumes ?? {}).flatMap((target) => {
    const source = resolveInRoot(rootfs, target)
    return existsSync(source) ? [{type: 'bind', source, target, readOnly: false, discards: true} as const] : []
  })
}
