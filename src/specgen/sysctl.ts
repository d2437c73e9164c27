import type {NamespacesTemplate} from '../libpod/define/spec-vocabulary.ts'
import type {ContainerRequest} from './container-request.ts'
import {splitAtEquals} from './parse/key-values.ts'
import {refuse, refuseArgument} from './refuse.ts'
import type {SpecServices} from './services.ts'

const OF_IPC = [
  ...['kernel.msgmax', 'kernel.msgmnb', 'kernel.msgmni', 'kernel.sem', 'kernel.shmall', 'kernel.shmmax'],
  ...['kernel.shmmni', 'kernel.shm_rmid_forced'],
]

/** Only what belongs to a namespace can be set; a configured one that does not fit this container is left out. */
export function resolveSysctl(
  {sysctl = {}}: ContainerRequest,
  namespaces: NamespacesTemplate,
  {config}: SpecServices,
): Record<string, string> {
  const defaults = config.containers.defaultSysctls.map((text) => splitAtEquals(text))
  const fitting = defaults.filter(([key]) => hostNamespace(key, namespaces) === undefined && isOwned(key, namespaces))
  for (const [key, value] of Object.entries(sysctl)) {
    if (!isNamespaced(key)) refuse(`sysctl '${key}' is not allowed`)
    const shared = hostNamespace(key, namespaces)
    if (shared) refuseArgument(`sysctl ${key}=${value} can't be set since ${shared} Namespace set to host`)
  }
  return {...Object.fromEntries(fitting.map(([key, value = '']) => [key, value])), ...sysctl}
}

/** In a user namespace the container's root cannot write to a network namespace that the engine made. */
function isOwned(key: string, {user, network}: NamespacesTemplate): boolean {
  return !key.startsWith('net.') || user.mode === 'host' || network.mode === 'none'
}

function isNamespaced(key: string): boolean {
  return OF_IPC.includes(key) || key.startsWith('net.') || key.startsWith('fs.mqueue.')
}

function hostNamespace(key: string, {network, ipc}: NamespacesTemplate): 'Network' | 'IPC' | undefined {
  if (key.startsWith('net.') && network.mode === 'host') return 'Network'
  return (key.startsWith('fs.mqueue.') || OF_IPC.includes(key)) && ipc.mode === 'host' ? 'IPC' : undefined
}
