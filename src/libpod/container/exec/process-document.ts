import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../../../errors/index.ts'
import {boundingCapabilities} from '../../../host/index.ts'
import {type ResolvedUser, resolveUser} from '../../../oci/spec/index.ts'
import type {Capabilities, Process, Spec} from '../../../oci/types/runtime-spec.ts'
import type {ExecConfig} from '../../define/exec-session.ts'
import type {HeldContainer} from '../held-container.ts'

/** Writes the OCI process document of an exec session; returns its path. */
export function writeProcessDocument(held: HeldContainer, config: ExecConfig, directory: string): string {
  const path = join(directory, 'process.json')
  writeFileSync(path, JSON.stringify(processOf(held, config)), {mode: 0o600})
  return path
}

/**
 * The container's own process with what the session changes. @see podman libpod, prepareProcessExec
 * @throws ERR_REFUSED for a user that the container does not know
 */
function processOf(held: HeldContainer, config: ExecConfig): Process {
  const {process} = runningSpec(held)
  const user = config.user === undefined ? undefined : resolve(held, config.user)
  const capabilities = capabilitiesOf(process.capabilities, config, user?.uid ?? process.user.uid)
  return {
    ...process,
    terminal: config.terminal,
    args: [...config.command],
    env: environment(process.env ?? [], config, user?.home),
    cwd: config.workdir ?? process.cwd,
    user: {...process.user, ...(user ? identityOf(user) : {additionalGids: withoutOwnGroup(process.user)})},
    ...(capabilities && {capabilities}),
    ...(config.privileged && {noNewPrivileges: false, apparmorProfile: undefined}),
  }
}

/** A named user has only the groups that list it: neither those of the container's user nor of `--group-add`. */
function identityOf({uid, gid, memberGids}: ResolvedUser): Process['user'] {
  return {uid, gid, additionalGids: [...memberGids]}
}

/** podman lists a user's own group among the supplementary ones of the first process only. */
function withoutOwnGroup({gid, additionalGids = []}: Process['user']): number[] {
  return additionalGids.filter((each) => each !== gid)
}

function runningSpec({bundle}: HeldContainer): Spec & {process: Process} {
  const spec = JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8')) as Spec
  if (!spec.process) throw new EngineError('ERR_RECORD_CORRUPT', join(bundle, 'config.json'))
  return {...spec, process: spec.process}
}

function resolve(held: HeldContainer, user: string): ResolvedUser {
  return resolveUser(held.run.mountPoint ?? '/', user)
}

/** Later values win; a terminal's program expects TERM. */
function environment(container: readonly string[], config: ExecConfig, home: string | undefined): string[] {
  const values = new Map<string, string>()
  for (const entry of container) values.set(...split(entry))
  if (config.terminal) values.set('TERM', values.get('TERM') ?? 'xterm')
  if (home !== undefined) values.set('HOME', home)
  for (const entry of config.env) values.set(...split(entry))
  return [...values].map(([name, value]) => `${name}=${value}`)
}

function split(entry: string): [string, string] {
  const at = entry.indexOf('=')
  return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)]
}

/** A user other than root holds none but those asked for; root gets the bounding set back. */
function capabilitiesOf(
  container: Capabilities | undefined,
  config: ExecConfig,
  uid: number,
): Capabilities | undefined {
  if (config.privileged) return all(boundingCapabilities())
  if (!container) return undefined
  const bounding = [...new Set([...(container.bounding ?? []), ...(config.capAdd ?? [])])]
  if (uid === 0) return {bounding, effective: bounding, permitted: bounding}
  const held = [...new Set([...(container.ambient ?? []), ...(config.capAdd ?? [])])]
  return {bounding, effective: held, permitted: held, inheritable: held, ambient: held}
}

function all(names: readonly string[]): Capabilities {
  return {bounding: [...names], effective: [...names], permitted: [...names]}
}
