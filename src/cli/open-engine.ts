import {type EngineConfig, loadConfig} from '../config/index.ts'
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
      root: globals.root,
      runRoot: globals.runroot,
      temporaryDirectory: globals.tmpdir,
      transientStore: globals['transient-store'],
      volumePath: globals.volumepath,
      logLevel: globals.debug ? 'debug' : globals['log-level'],
      syslog: globals.syslog,
      storageDriver: globals['storage-driver'],
      storageOptions: given(globals['storage-opt']),
      runtime: globals.runtime,
      runtimeFlags: globals['runtime-flag'],
      cgroupManager: globals['cgroup-manager'],
      eventsBackend: globals['events-backend'],
      conmon: globals.conmon,
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

/** The engine, opened with that configuration. */
export async function openEngine(globals: GlobalFlags, trace?: Trace): Promise<Runtime> {
  const config = trace ? await trace.time('configuration', () => resolveConfig(globals)) : await resolveConfig(globals)
  const {openRuntime} = await import('../libpod/runtime.ts')
  return openRuntime(config, {warn, trace})
}
