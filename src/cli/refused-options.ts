import {EngineError} from '../errors/index.ts'
import type {GlobalFlags} from './global-flags.ts'

const NO_REMOTE = 'berth has no remote client'

/** Options of the program that podman has and Berth does not do anything with, and why. */
const refused: Readonly<Partial<Record<keyof GlobalFlags, string>>> = {
  connection: NO_REMOTE,
  host: NO_REMOTE,
  identity: NO_REMOTE,
  remote: NO_REMOTE,
  ssh: NO_REMOTE,
  'tls-ca': NO_REMOTE,
  'tls-cert': NO_REMOTE,
  'tls-key': NO_REMOTE,
  url: NO_REMOTE,
  'cpu-profile': 'use node --cpu-prof on dist/berth.cjs',
  'db-backend': 'there is one state database',
  'default-mounts-file': 'name the mounts in containers.conf',
  imagestore: 'images lie below --root',
  'memory-profile': 'use node --heap-prof on dist/berth.cjs',
  namespace: 'use --root for containers apart from others',
  'pull-option': 'images are pulled in one way',
  'registries-conf': 'set CONTAINERS_REGISTRIES_CONF',
  trace: 'use --timings FILE',
}

/** Refuses an option rather than doing something else than what it asks for. @throws ERR_NOT_SUPPORTED */
export function refuseUnsupported(globals: GlobalFlags): void {
  for (const [name, reason] of Object.entries(refused))
    if (isGiven(globals[name as keyof GlobalFlags])) throw new EngineError('ERR_NOT_SUPPORTED', `--${name}: ${reason}`)
  // `docker --context default` is what every script without a remote engine may say.
  if (globals.context !== undefined && globals.context !== 'default')
    throw new EngineError('ERR_NOT_SUPPORTED', `--context ${globals.context}: ${NO_REMOTE}`)
  const backend = globals['network-backend']
  if (backend !== undefined && backend !== 'netavark')
    throw new EngineError('ERR_NOT_SUPPORTED', `--network-backend ${backend}: networks are made by netavark`)
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false && value !== ''
}
