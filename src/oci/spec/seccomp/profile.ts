import {EngineError} from '../../../errors/index.ts'

/**
 * A profile in the form of containers-common (a superset of the OCI form: filters by capability, architecture and
 * kernel), or in the OCI form itself.
 *
 * @see https://github.com/containers/common/blob/v0.50.1/pkg/seccomp/types.go
 */
export interface SeccompProfile {
  readonly defaultAction: string
  readonly defaultErrnoRet?: number
  readonly architectures?: readonly string[]
  readonly archMap?: readonly {readonly architecture: string; readonly subArchitectures?: readonly string[] | null}[]
  readonly flags?: readonly string[]
  readonly listenerPath?: string
  readonly listenerMetadata?: string
  readonly syscalls: readonly SeccompRule[]
}

export interface SeccompRule {
  readonly name?: string
  readonly names?: readonly string[]
  readonly action: string
  readonly errnoRet?: number
  readonly args?: readonly SeccompArg[] | null
  readonly includes?: RuleFilter
  readonly excludes?: RuleFilter
}

export interface SeccompArg {
  readonly index: number
  readonly value: number
  readonly valueTwo?: number
  readonly op: string
}

export interface RuleFilter {
  readonly caps?: readonly string[]
  readonly arches?: readonly string[]
  readonly minKernel?: string
}

/** @throws ERR_CONFIG_INVALID naming the source and the field */
export function parseProfile(source: string, text: string): SeccompProfile {
  const fail = (what: string, cause?: unknown): never => {
    throw new EngineError('ERR_CONFIG_INVALID', `loading seccomp profile (${source}): ${what}`, {cause})
  }
  let profile: Partial<SeccompProfile>
  try {
    profile = JSON.parse(text)
  } catch (cause) {
    return fail((cause as Error).message, cause)
  }
  if (typeof profile?.defaultAction !== 'string') fail('defaultAction must be a string')
  const syscalls = profile.syscalls ?? []
  if (!Array.isArray(syscalls)) fail('syscalls must be a list')
  for (const [index, rule] of syscalls.entries()) {
    if (typeof rule?.action !== 'string') fail(`syscalls[${index}].action must be a string`)
    if (typeof rule.name !== 'string' && !Array.isArray(rule.names)) fail(`syscalls[${index}].names must be a list`)
  }
  return {...profile, syscalls} as SeccompProfile
}
