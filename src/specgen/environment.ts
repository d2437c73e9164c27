import type {ImageRunConfig} from '../oci/types/image-spec.ts'
import type {ContainerRequest} from './container-request.ts'
import {splitAtEquals} from './parse/key-values.ts'
import type {SpecServices} from './services.ts'

type Variables = Record<string, string>

const PROXY_NAMES = ['http_proxy', 'https_proxy', 'ftp_proxy', 'no_proxy']

/**
 * The variables of the container's process, weakest first: PATH and `container`, containers.conf, the image, merged ones,
 * the host's (all, or the proxy settings), the request. `--unsetenv` takes away from all but the request's own.
 */
export function resolveEnvironment(
  request: ContainerRequest,
  image: ImageRunConfig,
  services: SpecServices,
  hostname: string,
): string[] {
  const {containers} = services.config
  let variables: Variables = {
    ...pairs(containers.env.filter((entry) => entry.startsWith('PATH='))),
    ...(request.terminal && {TERM: 'xterm'}),
    container: 'podman',
    ...pairs(containers.env),
    ...pairs(image.Env ?? []),
  }
  for (const entry of request.envMerge ?? []) {
    const [key, value = ''] = splitAtEquals(entry)
    variables[key] = expand(value, variables)
  }
  for (const key of request.unsetEnv ?? []) delete variables[key]
  if (request.unsetEnvAll) variables = {}
  Object.assign(variables, hostVariables(request, services), request.env)
  variables.HOSTNAME ??= hostname
  return Object.entries(variables).map(([key, value]) => `${key}=${value}`)
}

/** The variables that have a value. */
export function definedOnly(environment: Readonly<Record<string, string | undefined>>): Variables {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
}

function hostVariables(request: ContainerRequest, {config, environment}: SpecServices): Variables {
  const wanted = request.hostEnv ?? (config.containers.envHost && environment)
  if (wanted) return definedOnly(wanted)
  if (!(request.httpProxy ?? config.containers.httpProxy)) return {}
  const names = PROXY_NAMES.flatMap((name) => [name, name.toUpperCase()])
  return Object.fromEntries(names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])))
}

function pairs(entries: readonly string[]): Variables {
  return Object.fromEntries(entries.map((entry) => splitAtEquals(entry)).map(([key, value = '']) => [key, value]))
}

/** `$NAME`, `${NAME}`, `${NAME:-word}` and `${NAME:+word}`, as a Containerfile's ENV knows them; quotes are removed. */
function expand(text: string, variables: Variables): string {
  const unquoted = text.replace(/^(["'])(.*)\1$/, '$2')
  return unquoted.replace(
    /\$(?:\{(\w+)(?::([-+])([^}]*))?\}|(\w+))/g,
    (_, braced?: string, operator?: string, word?: string, bare?: string) => {
      const value = variables[braced ?? bare ?? ''] ?? ''
      if (operator === '-') return value || (word ?? '')
      return operator === '+' ? value && (word ?? '') : value
    },
  )
}
