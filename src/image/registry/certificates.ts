import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Environment} from '../../config/environment.ts'
import {EngineError} from '../../errors/index.ts'

export interface Certificates {
  readonly ca: readonly string[]
  readonly cert?: string
  readonly key?: string
}

/** What `certs.d/HOST[:PORT]/` (or the directory given) holds. @see containers-certs.d(5) */
export function loadCertificates(environment: Environment, host: string, given?: string): Certificates {
  const directory = given ?? certificateDirectories(environment, host).find((path) => existsSync(path))
  if (directory === undefined || !existsSync(directory)) return {ca: []}
  const names = readdirSync(directory).sort()
  const read = (name: string) => readFileSync(join(directory, name), 'utf8')
  const ca = names.filter((name) => name.endsWith('.crt')).map(read)
  const cert = names.find((name) => name.endsWith('.cert'))
  if (cert === undefined) return {ca}
  const key = cert.replace(/\.cert$/, '.key')
  if (!names.includes(key))
    throw new EngineError('ERR_REFUSED', `missing key ${key} for client certificate ${cert} in ${directory}`)
  return {ca, cert: read(cert), key: read(key)}
}

function certificateDirectories({systemRoot, configHome}: Environment, host: string): readonly string[] {
  return [
    join(configHome, 'containers/certs.d', host),
    join(systemRoot, 'etc/containers/certs.d', host),
    join(systemRoot, 'etc/docker/certs.d', host),
  ]
}
