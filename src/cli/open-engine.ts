import {type EngineConfig, loadConfig} from '../config/index.ts'
import {EngineError} from '../errors/index.ts'
import type {Runtime} from '../libpod/runtime.ts'
import type {Trace} from '../timings/index.ts'
import type {GlobalFlags} from './global-flags.ts'
import {refuseUnsupported} from './refused-options.ts'
import {warn} from './warning.ts'

/** The configuration that files, environment and the program's options make together. */
export async function resolveConfig(globals: GlobalFlags): Promise<EngineConfig> {
  refuseUnsupported(globals)
  return loadConfig({
    globals: {
      root: globals.root || undefined,
      runRoot: globals.runroot || undefined,
      temporaryDirectory: globals.tmpdir,
      transientStore: globals['transient-store'],
      volumePath: globals.volumepath,
      logLevel: globals.debug ? 'debug' : globals['log-level'],
      syslog: globals.syslog,
      storageDriver: globals['storage-driver'],
      storageOptions: given(globals['storage-opt'].filter((option) => option !== '')),
      runtime: path(globals.runtime),
      runtimeFlags: globals['runtime-flag'],
      cgroupManager: globals['cgroup-manager'],
      eventsBackend: globals['events-backend'],
      conmon: path(globals.conmon),
      networkConfigDir: globals['network-config-dir'],
      networkCommandPath: globals['network-cmd-path'],
      hooksDirs: given(globals['hooks-dir']),
      cdiSpecDirs: given(globals['cdi-spec-dir']),
      modules: globals.module,
    },
  })
}

/** An option that may be given several times, and was not, says nothing: files and environment do. */
function given(values: readonly string[]): readonly string[] | undefined {
  return values.length > 0 ? values : undefined
}

/** @throws ERR_INVALID_ARG in podman's words */
function path(value: string | undefined): string | undefined {
  if (value === '') throw new EngineError('ERR_INVALID_ARG', 'configuring runtime: must provide a valid path')
  return value
}

/** The engine, opened with that configuration. */
export async function openEngine(globals: GlobalFlags, trace?: Trace): Promise<Runtime> {
  const config = trace ? await trace.time('configuration', () => resolveConfig(globals)) : await resolveConfig(globals)
  const {openRuntime} = await import('../libpod/runtime.ts')
  return openRuntime(config, {warn, trace})
}
