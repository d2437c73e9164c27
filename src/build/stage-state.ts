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
  /** Names that ENV has set in this stage. */
  readonly envNames?: readonly string[]
  /** CMD has been set in this stage, so that ENTRYPOINT leaves it. */
  readonly hasCmd?: boolean
}

export const defaultPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export const defaultShell: readonly string[] = ['/bin/sh', '-c']

/** ENV of the configuration as a table. */
export function environment(config: ImageRunConfig): Variables {
  return Object.fromEntries((config.Env ?? []).map(splitPair))
}

/** What `$NAME` means in an instruction. */
export function variablesOf(state: StageState): Variables {
  return {...state.args, ...environment(state.config)}
}

/**
 * Sets variables in the order given. One that the stage has set before keeps its place; one of the base image goes to the
 * end, as buildah has it.
 */
export function withEnvironment(state: StageState, pairs: readonly (readonly [string, string])[]): StageState {
  const merged = new Map((state.config.Env ?? []).map(splitPair))
  const set = new Set(state.envNames)
  for (const [name, value] of pairs) {
    if (!set.has(name)) merged.delete(name)
    merged.set(name, value)
    set.add(name)
  }
  const Env = [...merged].map(([name, value]) => `${name}=${value}`)
  return {...state, config: {...state.config, Env}, envNames: [...set]}
}

export function splitPair(pair: string): readonly [string, string] {
  const equals = pair.indexOf('=')
  return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
}
