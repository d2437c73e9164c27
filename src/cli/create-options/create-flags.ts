import type {ContainerRequest} from '../../specgen/index.ts'
import {type FlagValues, section} from '../flags.ts'
import {healthFlags, healthRequest} from './health-options.ts'
import {isolationFlags, isolationRequest} from './isolation-options.ts'
import {lifecycleFlags, lifecycleRequest} from './lifecycle-options.ts'
import {mountFlags, mountRequest} from './mount-options.ts'
import {networkFlags, networkRequest} from './network-options.ts'
import type {OptionContext} from './option-context.ts'
import {processFlags, processRequest} from './process-options.ts'
import {resourceFlags, resourceRequest} from './resource-options.ts'

/** The options of `create`, which `run` has as well. */
export const createFlags = {
  ...lifecycleFlags,
  ...section('Process', processFlags),
  ...section('Isolation', isolationFlags),
  ...section('File and device', mountFlags),
  ...section('Network', networkFlags),
  ...section('Resource', resourceFlags),
  ...section('Health check', healthFlags),
}

export type CreateOptions = FlagValues<typeof createFlags>

/** What the options and the words after them ask for. @throws EngineError in podman's words */
export function containerRequest(
  given: CreateOptions,
  words: readonly string[],
  context: OptionContext,
): ContainerRequest {
  const [first = '', ...command] = words
  return {
    ...(given.rootfs ? {rootfs: rootfsOf(first, context)} : {image: first}),
    command,
    ...lifecycleRequest(given, context),
    ...processRequest(given, context),
    ...isolationRequest(given, context),
    ...mountRequest(given, context),
    ...resourceRequest(given, context),
    ...healthRequest(given, context),
    ...networkRequest(given, context),
  }
}

/** `DIR[:O][:idmap[=MAP]]` */
function rootfsOf(text: string, {workingDirectory}: OptionContext): NonNullable<ContainerRequest['rootfs']> {
  const [path = '', ...options] = text.split(':')
  const idmap = options.find((option) => option === 'idmap' || option.startsWith('idmap='))
  return {
    path: absolute(path, workingDirectory),
    overlay: options.includes('O'),
    ...(idmap !== undefined && {idmap: idmap.slice('idmap='.length)}),
  }
}

function absolute(path: string, workingDirectory: string): string {
  return path.startsWith('/') ? path : `${workingDirectory}/${path}`
}
