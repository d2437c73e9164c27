import {readdirSync} from 'node:fs'
import {isAbsolute, join} from 'node:path'
import {EngineError, isErrno} from '../errors/index.ts'
import type {Environment} from './environment.ts'
import type {Layer} from './merge.ts'
import {readToml} from './toml-file.ts'

/**
 * The layers of containers.conf, then of berth.conf (same keys), modules and overrides, lowest precedence first.
 * `CONTAINERS_CONF` stands for all files of both names, so that a caller who sets it knows what holds; `BERTH_CONF` stands
 * for the files named berth.conf.
 *
 * @throws ERR_CONFIG_INVALID; ERR_REFUSED when a file that was named is not there
 */
export function readConfigLayers(environment: Environment, modules: readonly string[]): Layer[] {
  const {variables} = environment
  const layers = variables.CONTAINERS_CONF
    ? [readNamed('CONTAINERS_CONF file', variables.CONTAINERS_CONF)]
    : readFound(standardFiles(environment, 'containers.conf'))
  if (variables.BERTH_CONF) layers.push(readNamed('BERTH_CONF file', variables.BERTH_CONF))
  else if (!variables.CONTAINERS_CONF) layers.push(...readFound(standardFiles(environment, 'berth.conf')))
  for (const module of modules) layers.push(readModule(environment, module))
  if (variables.CONTAINERS_CONF_OVERRIDE) {
    layers.push(readNamed('CONTAINERS_CONF_OVERRIDE file', variables.CONTAINERS_CONF_OVERRIDE))
  }
  return layers
}

function standardFiles(environment: Environment, name: string): string[] {
  const {systemRoot, configHome, uid} = environment
  const etc = join(systemRoot, 'etc/containers')
  const files = [join(systemRoot, 'usr/share/containers', name), join(etc, name), ...dropIns(join(etc, `${name}.d`))]
  if (uid === 0) return files
  const rootless = join(etc, name.replace('.conf', '.rootless.conf'))
  const own = join(configHome, 'containers', name)
  return [
    ...[...files, rootless, ...dropIns(`${rootless}.d`), ...dropIns(join(`${rootless}.d`, String(uid)))],
    ...[own, ...dropIns(`${own}.d`)],
  ]
}

function dropIns(directory: string): string[] {
  try {
    const names = readdirSync(directory).filter((name) => name.endsWith('.conf'))
    return names.sort().map((name) => join(directory, name))
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  }
}

function readFound(files: readonly string[]): Layer[] {
  return files.flatMap((source) => {
    const tables = readToml(source)
    return tables ? [{source, tables}] : []
  })
}

function readNamed(what: string, source: string): Layer {
  const tables = readToml(source)
  if (!tables) throw new EngineError('ERR_REFUSED', `${what}: open ${source}: no such file or directory`)
  return {source, tables}
}

function readModule(environment: Environment, module: string): Layer {
  if (isAbsolute(module)) return readNamed('module', module)
  const {systemRoot, configHome, uid} = environment
  const folders = [join(systemRoot, 'etc/containers'), join(systemRoot, 'usr/share/containers')]
  if (uid !== 0) folders.unshift(join(configHome, 'containers'))
  const candidates = folders.map((folder) => join(folder, 'containers.conf.modules', module))
  const found = readFound(candidates)[0]
  if (!found) throw new EngineError('ERR_REFUSED', `could not resolve module "${module}": ${candidates.join(', ')}`)
  return found
}
