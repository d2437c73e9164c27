import type {ContainerConfig} from '../../libpod/define/container-config.ts'
import {parseUlimit, refuse} from '../../specgen/index.ts'
import {execEnvironment} from '../exec-environment.ts'

export interface ProcessChange {
  readonly set: readonly string[]
  readonly unset: readonly string[]
  readonly ulimits: readonly string[]
}

/** The container's process with another environment and other ulimits; nothing when none were given. */
export function updatedProcess(
  {process}: ContainerConfig,
  change: ProcessChange,
): {process?: ContainerConfig['process']} {
  const {set, unset, ulimits} = change
  if (set.length + unset.length + ulimits.length === 0) return {}
  return {process: {...process, env: environment(process.env, set, unset), rlimits: limits(process.rlimits, ulimits)}}
}

function environment(before: readonly string[], set: readonly string[], unset: readonly string[]): string[] {
  const values = new Map(before.map((pair) => [nameOf(pair), pair]))
  for (const pair of execEnvironment(set, [])) values.set(nameOf(pair), pair)
  for (const name of unset) values.delete(name)
  return [...values.values()]
}

function nameOf(pair: string): string {
  return pair.split('=', 1)[0] ?? pair
}

type Limits = ContainerConfig['process']['rlimits']

function limits(before: Limits, ulimits: readonly string[]): Limits {
  const values = new Map(before.map((limit) => [limit.type, limit]))
  for (const text of ulimits) {
    const ulimit = parseUlimit(text)
    if (ulimit === 'host') refuse('update: ulimit host cannot be set on a container that exists')
    values.set(ulimit.type, {...ulimit, byDefault: false})
  }
  return [...values.values()]
}
