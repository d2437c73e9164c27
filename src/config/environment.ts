import {join} from 'node:path'

/** What the configuration depends on besides its files; taken from the process once, or made up by a test. */
export interface Environment {
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly uid: number
  /** `$XDG_CONFIG_HOME`, `$XDG_DATA_HOME`, `$XDG_RUNTIME_DIR`, or their defaults. */
  readonly configHome: string
  readonly dataHome: string
  readonly runtimeDir: string
  /** `/`; a test puts its own etc and usr/share below another directory. */
  readonly systemRoot: string
}

/** Stands for the process's own where a property is given. */
export interface EnvironmentSource {
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Who asks: the superuser's paths and configuration are others. */
  readonly uid?: number
  /** Where etc and usr/share lie; default `/`. */
  readonly systemRoot?: string
}

export function resolveEnvironment(source: EnvironmentSource = {}): Environment {
  const variables = source.env ?? process.env
  const uid = source.uid ?? process.geteuid?.() ?? 0
  const home = variables.HOME || '/'
  return {
    variables,
    uid,
    configHome: variables.XDG_CONFIG_HOME || join(home, '.config'),
    dataHome: variables.XDG_DATA_HOME || join(home, '.local/share'),
    runtimeDir: variables.XDG_RUNTIME_DIR || `/tmp/berth-run-${uid}`,
    systemRoot: source.systemRoot ?? '/',
  }
}
