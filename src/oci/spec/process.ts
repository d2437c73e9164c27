import type {Capabilities, Process, User} from '../types/runtime-spec.ts'
import {rlimitsFor} from './rlimits.ts'
import type {ProcessTemplate, SecurityTemplate, SpecTemplate} from './spec-template.ts'
import type {StartContext} from './start-context.ts'
import type {ResolvedUser} from './users/resolve-user.ts'

/** Where the init program is mounted; podman's place, which images' own scripts look for. */
export const INIT_DESTINATION = '/run/podman-init'

export function buildProcess(template: SpecTemplate, context: StartContext): Process {
  const {process, security} = template
  return {
    ...(process.terminal && {terminal: true}),
    user: userOf(process, context.user),
    args: process.initPath ? [INIT_DESTINATION, '--', ...process.args] : [...process.args],
    env: environment(template, context),
    cwd: process.workdir,
    capabilities: capabilitiesOf(security, context.user),
    rlimits: rlimitsFor(process.rlimits),
    ...(process.noNewPrivileges && {noNewPrivileges: true}),
    ...(process.oomScoreAdj !== undefined && {oomScoreAdj: process.oomScoreAdj}),
    ...(security.apparmorProfile && {apparmorProfile: security.apparmorProfile}),
  }
}

function userOf(process: ProcessTemplate, user: ResolvedUser): User {
  const {uid, gid, additionalGids} = user
  const umask = Number.parseInt(process.umask, 8)
  return {uid, gid, umask, ...(additionalGids.length > 0 && {additionalGids: [...additionalGids]})}
}

/** HOME is the user's unless it was given; an entry of the context replaces one of the template. */
function environment({process}: SpecTemplate, {env, user}: StartContext): string[] {
  const given = process.env.filter((entry) => !Object.hasOwn(env, entry.slice(0, entry.indexOf('='))))
  const result = [...given, ...Object.entries(env).map(([key, value]) => `${key}=${value}`)]
  if (user.home && !result.some((entry) => entry.startsWith('HOME='))) result.push(`HOME=${user.home}`)
  return result
}

/**
 * Root holds every capability of the bounding set. Another user holds only what was asked for by name, ambient so that
 * exec keeps it; with `--privileged` it can still gain the rest through set-uid programs.
 */
function capabilitiesOf(security: SecurityTemplate, user: ResolvedUser): Capabilities {
  const bounding = [...security.capabilities]
  if (user.uid === 0) return {bounding, effective: bounding, permitted: bounding}
  const held = bounding.filter((name) => security.capAdd.includes(name))
  return {bounding, effective: held, permitted: held, inheritable: held, ambient: held}
}
