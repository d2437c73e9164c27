import type {Image} from '../image/index.ts'
import type {ImageRunConfig} from '../oci/types/image-spec.ts'
import type {Variables} from './parse/expand.ts'

/** Where a stage stands after some of its instructions. A step makes a new one. */
export interface StageState {
  /** What the next layer lies on; absent after `FROM scratch`. */
  readonly image?: Image
  /** The image that the stage, or the one it goes on from, began with. */
  readonly base?: Image
  readonly config: ImageRunConfig
  readonly author?: string
  /** Values of ARGs that this stage has declared. ENV hides an ARG of the same name. */
  readonly args: Variables
}

export const defaultShell: readonly string[] = ['/bin/sh', '-c']

/** ENV of the configuration as a table. */
export function environment(config: ImageRunConfig): Variables {
  return Object.fromEntries((config.Env ?? []).map(splitPair))
}

/** What `$NAME` means in an instruction. */
export function variablesOf(state: StageState): Variables {
  return {...state.args, ...environment(state.config)}
}

/** Sets variables in the order given; one that is there keeps its place. */
export function withEnvironment(config: ImageRunConfig, pairs: readonly (readonly [string, string])[]): ImageRunConfig {
  const merged = new Map((config.Env ?? []).map(splitPair))
  for (const [name, value] of pairs) merged.set(name, value)
  return {...config, Env: [...merged].map(([name, value]) => `${name}=${value}`)}
}

export function splitPair(pair: string): readonly [string, string] {
  const equals = pair.indexOf('=')
  return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
}
