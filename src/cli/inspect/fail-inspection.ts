import {EngineError} from '../../errors/index.ts'
import {writeErr} from '../output.ts'

/**
 * What an inspect command does about those it did not find, after the output for the others: the first is the command's
 * failure, the rest have lines of their own before it, as podman has them.
 * @throws ERR_REFUSED when there are any
 */
export function failInspection(failures: readonly unknown[], kind: 'object' | 'secret' = 'object'): void {
  for (const failure of failures.slice(1)) writeErr(`error inspecting ${kind}: ${textOf(failure)}\n`)
  if (failures.length === 0) return
  const [cause] = failures
  throw new EngineError('ERR_REFUSED', `inspecting ${kind}: ${textOf(cause)}`, {cause})
}

function textOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure)
}
