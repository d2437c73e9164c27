import {EngineError, hasCode} from '../../errors/index.ts'
import type {Runtime} from '../../libpod/runtime.ts'
import {inspectImageType} from '../image/inspect-type.ts'
import {inspectOutput} from '../inspect-output.ts'
import type {GoType} from '../template/index.ts'
import {inspectContainerType} from './container-type.ts'
import {type Inspected, type InspectOptions, inspectObject} from './inspect-objects.ts'
import {inspectNetworkType} from './network-type.ts'
import {inspectPodType} from './pod-type.ts'
import {inspectVolumeType} from './volume-type.ts'

export interface Inspection {
  readonly text: string
  /** One per name that was not found, in order. */
  readonly errors: readonly EngineError[]
}

/** What is found of the names, as text, and what is not. */
export async function inspectAll(
  runtime: Runtime,
  names: readonly string[],
  options: InspectOptions & {readonly format: string},
): Promise<Inspection> {
  const found: Inspected[] = []
  const errors: EngineError[] = []
  for (const name of names) {
    try {
      found.push(await inspectObject(runtime, name, options))
    } catch (error) {
      if (!(error instanceof EngineError) || hasCode(error, 'ERR_NAME_EMPTY')) throw error
      errors.push(error)
    }
  }
  return {text: textOf(found, options.format), errors}
}

function textOf(found: readonly Inspected[], format: string): string {
  const objects = found.map(({object}) => object)
  try {
    return inspectOutput('inspect', objects, format, {rowType: rowTypeOf(found)})
  } catch (cause) {
    throw failedOutput(cause)
  }
}

/** The template does not parse, or it asks for what the objects do not have: podman words the second so. */
export function failedOutput(cause: unknown): unknown {
  if (!(cause instanceof EngineError) || !cause.message.includes('executing')) return cause
  return new EngineError('ERR_REFUSED', `inspecting object: printing inspect output: ${cause.message}`, {cause})
}

/** What a template can know of objects of one kind; of mixed ones nothing. */
function rowTypeOf(found: readonly Inspected[]): GoType | undefined {
  const [kind, ...others] = new Set(found.map((each) => each.kind))
  return kind && others.length === 0 ? types[kind] : undefined
}

const types: Readonly<Record<Inspected['kind'], GoType>> = {
  container: inspectContainerType,
  image: inspectImageType,
  network: inspectNetworkType,
  pod: inspectPodType,
  volume: inspectVolumeType,
}
