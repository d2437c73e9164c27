import type {ImageRunConfig} from '../oci/types/image-spec.ts'
import {checkRunConfig} from './documents/config.ts'
import {Field} from './documents/field.ts'

/**
 * What `commit --config` merges in: values that are given replace, maps and the environment are added to.
 * @throws ERR_REFUSED for what is no such document
 * @see buildah internal/config, OverrideOCI
 */
export function parseOverride(bytes: Uint8Array): ImageRunConfig {
  const field = Field.ofDocument(bytes, '--config', 'ERR_REFUSED')
  checkRunConfig(field)
  return field.object() as ImageRunConfig
}

export function overrideConfig(config: ImageRunConfig, override: ImageRunConfig): ImageRunConfig {
  const {User, WorkingDir, StopSignal, Healthcheck, ExposedPorts, Volumes, Labels} = override
  return {
    ...config,
    ...(User && {User}),
    ...(WorkingDir && {WorkingDir}),
    ...(StopSignal && {StopSignal}),
    ...(Healthcheck && {Healthcheck}),
    ...(ExposedPorts && {ExposedPorts: {...config.ExposedPorts, ...ExposedPorts}}),
    ...(Volumes && {Volumes: {...config.Volumes, ...Volumes}}),
    ...(Labels && {Labels: {...config.Labels, ...Labels}}),
    ...(override.Env && {Env: mergedEnv(config.Env ?? [], override.Env)}),
    ...commandOf(override),
    ...(hasItems(override.OnBuild) && {OnBuild: override.OnBuild}),
    ...(hasItems(override.Shell) && {Shell: override.Shell}),
  }
}

/** Either of them replaces both. */
function commandOf({Entrypoint, Cmd}: ImageRunConfig): Pick<ImageRunConfig, 'Entrypoint' | 'Cmd'> {
  if (!hasItems(Entrypoint) && !hasItems(Cmd)) return {}
  return {
    Entrypoint: hasItems(Entrypoint) ? Entrypoint : undefined,
    Cmd: hasItems(Cmd) ? Cmd : undefined,
  }
}

function hasItems(list: readonly string[] | null | undefined): boolean {
  return list !== null && list !== undefined && list.length > 0
}

/** A variable keeps its place and gets its new value; without one it has that of this process. */
function mergedEnv(env: readonly string[], more: readonly string[]): readonly string[] {
  const values = new Map<string, string>()
  for (const entry of [...env, ...more]) {
    const [name = ''] = entry.split('=')
    values.set(name, entry.includes('=') ? entry : `${name}=${process.env[name] ?? ''}`)
  }
  return [...values.values()]
}
