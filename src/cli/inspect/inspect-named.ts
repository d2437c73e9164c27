import {EngineError} from '../../errors/index.ts'
import type {Runtime} from '../../libpod/runtime.ts'
import {writeOut} from '../output.ts'
import {failInspection} from './fail-inspection.ts'
import {inspectAll} from './inspect-all.ts'
import type {InspectOptions} from './inspect-objects.ts'

/** Prints what is found of the names, then fails for the first that is not. @throws ERR_REFUSED */
export async function inspectNamed(
  runtime: Runtime,
  names: readonly string[],
  options: InspectOptions & {readonly format: string; readonly latest: boolean},
): Promise<void> {
  const {text, errors} = await inspectAll(runtime, chosenNames(runtime, names, options.latest), options)
  writeOut(text)
  failInspection(errors)
}

function chosenNames(runtime: Runtime, names: readonly string[], latest: boolean): readonly string[] {
  if (latest && names.length > 0) throw new EngineError('ERR_REFUSED', '--latest and arguments cannot be used together')
  if (latest) return [runtime.containers.latest().id]
  if (names.length === 0) throw new EngineError('ERR_REFUSED', 'no names or ids specified')
  return names
}
