import type {Interfaces} from '@oclif/core'
import {EngineError} from '../errors/index.ts'

/**
 * Checks how many positionals were given against the command's `args`: required ones are the least, all of them the
 * most, unless the last takes several or the command is not strict.
 *
 * @throws ERR_REFUSED worded as cobra's validators do
 */
export function checkArgCount(
  given: readonly string[],
  args: Interfaces.ArgInput,
  strict: boolean,
  name: string,
): void {
  const definitions = Object.values(args)
  const least = definitions.filter((arg) => arg.required).length
  const most = strict && !definitions.some((arg) => arg.multiple) ? definitions.length : Number.POSITIVE_INFINITY
  const complaint = complain(given.length, least, most, name)
  if (complaint) throw new EngineError('ERR_REFUSED', complaint)
}

function complain(count: number, least: number, most: number, name: string): string | undefined {
  if (count >= least && count <= most) return undefined
  if (most === 0) return `\`${name}\` takes no arguments`
  if (least === most) return `accepts ${least} arg(s), received ${count}`
  if (most === Number.POSITIVE_INFINITY) return `requires at least ${least} arg(s), only received ${count}`
  if (least === 0) return `accepts at most ${most} arg(s), received ${count}`
  return `accepts between ${least} and ${most} arg(s), received ${count}`
}
