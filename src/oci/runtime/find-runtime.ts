import {existsSync} from 'node:fs'
import {basename, isAbsolute, join} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {findProgram, installRoot} from '../../host/index.ts'
import {TIMINGS_VARIABLE} from '../../timings/index.ts'
import {CommandRuntime} from './command-runtime.ts'
import type {OciRuntime} from './oci-runtime.ts'

export interface RuntimesConfig {
  /** Candidate paths by name. */
  readonly runtimes: Readonly<Record<string, readonly string[]>>
  /** Without leading dashes. */
  readonly runtimeFlags: readonly string[]
}

/**
 * The runtime with this name or path. `berth-vm` is also found beside Berth itself.
 * @throws ERR_INVALID_ARG when there is none, as podman words it
 */
export function findRuntime(nameOrPath: string, config: RuntimesConfig): OciRuntime {
  const path = pathOf(nameOrPath, config)
  if (!path) throw new EngineError('ERR_INVALID_ARG', `default OCI runtime "${nameOrPath}" not found`)
  const flags = config.runtimeFlags.map((flag) => `--${flag}`)
  return new CommandRuntime(isAbsolute(nameOrPath) ? basename(path) : nameOrPath, path, flags, runtimeEnv())
}

function pathOf(nameOrPath: string, config: RuntimesConfig): string | undefined {
  if (isAbsolute(nameOrPath)) return existsSync(nameOrPath) ? nameOrPath : undefined
  const own = nameOrPath === 'berth-vm' ? [join(installRoot(), 'bin', 'berth-vm')] : []
  return findProgram([...(config.runtimes[nameOrPath] ?? []), ...own, nameOrPath])
}

/** A runtime gets little of our environment: what it needs to find hooks, its own per-user directory, and where to note its times. */
function runtimeEnv(): Record<string, string | undefined> {
  const {PATH, XDG_RUNTIME_DIR, HOME} = process.env
  return {PATH, XDG_RUNTIME_DIR, HOME, [TIMINGS_VARIABLE]: process.env[TIMINGS_VARIABLE]}
}
