import {EngineError} from '../errors/index.ts'
import type {GlobalFlags} from './global-flags.ts'

const REMOTE = ['connection', 'host', 'identity', 'tls-ca', 'tls-cert', 'tls-key', 'url'] as const

/** Options that talk to an engine elsewhere are refused: this program is the engine. @throws ERR_NOT_SUPPORTED */
export function refuseRemote(globals: GlobalFlags): void {
  const given = REMOTE.find((name) => globals[name])
  if (given) throw new EngineError('ERR_NOT_SUPPORTED', `--${given}: berth has no remote client`)
  if (globals.remote) throw new EngineError('ERR_NOT_SUPPORTED', '--remote: berth has no remote client')
}
