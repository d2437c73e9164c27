import {type BuildRequest, parsePlatform} from '../../build/index.ts'
import {EngineError} from '../../errors/index.ts'
import {hostArchitecture} from '../../image/index.ts'
import type {BuildOptions} from './build-flags.ts'

export type BuildPlatform = NonNullable<BuildRequest['platform']>

/** The platforms that are asked for; one that is undefined is the host's, with nothing to say about it. */
export function buildPlatforms(given: BuildOptions): readonly (BuildPlatform | undefined)[] {
  if (given.platform.length > 0) {
    if (given.arch !== undefined || given.os !== undefined)
      throw new EngineError('ERR_REFUSED', '--platform option can not be specified with --arch or --os')
    return [...new Set(given.platform)].map((text) => parsePlatform(text))
  }
  const {arch, os, variant} = given
  if (arch === undefined && os === undefined && variant === undefined) return [undefined]
  return [{os: os ?? 'linux', architecture: arch ?? hostArchitecture(), ...(variant !== undefined && {variant})}]
}

export function platformText({os, architecture, variant}: BuildPlatform): string {
  return [os, architecture, ...(variant ? [variant] : [])].join('/')
}
