import {EngineError} from '../../errors/index.ts'
import type {ContainerConfig, NetworkAttachment} from '../define/container-config.ts'
import {ownAliases} from '../define/own-aliases.ts'
import type {ConnectOptions} from '../define/verb-options.ts'
import type {Engine} from '../engine.ts'
import {connection} from './container-network.ts'
import type {HeldContainer} from './held-container.ts'
import {addNetworkToFiles, removeNetworkFromFiles} from './network-files.ts'
import {refreshGuest, runsWithNetwork} from './repair-networks.ts'
import {changeContainer, withContainer} from './with-container.ts'

/** Adds a network to a container: to its record, and where it runs, to its namespace and files. */
export function connectNetwork(engine: Engine, id: string, network: string, options: ConnectOptions): Promise<void> {
  return changeContainer(engine, id, async (held) => {
    requireBridge(held)
    const {name} = engine.networks.store.lookup(network)
    const attachments = held.config.network.attachments
    if (attachments.some((attachment) => attachment.network === name)) {
      // As Docker does it, for a container that does not run this is no error.
      if (!held.is('created', 'running')) return
      throw new EngineError('ERR_NETWORK_CONNECTED', `container ${id} is already connected to network "${name}"`)
    }
    const added: NetworkAttachment = {
      network: name,
      staticIPs: options.staticIPs ?? [],
      ...(options.staticMAC && {staticMAC: options.staticMAC}),
      aliases: [...(options.aliases ?? []), ...ownAliases(held.config)],
      interfaceName: options.interfaceName ?? freeInterface(attachments),
      options: {},
    }
    const details = connection(held.config, added, attachments.length)[1]
    const connected = runsWithNetwork(held) ? await engine.networks.containers.connect(id, name, details) : undefined
    if (connected)
      await refreshGuest(held).catch(async (error: unknown) => {
        await engine.networks.containers.disconnect(id, name, {force: true})
        throw error
      })
    saveAttachments(held, [...attachments, added])
    if (connected) addNetworkToFiles(held, connected, name)
    writeEvent(held, 'connect', name)
  })
}

/**
 * The record goes first: a network that is not in it is taken down by whoever finds it after a kill.
 * @param options with `force`, what netavark cannot take down is no reason to stay connected
 */
export function disconnectNetwork(
  engine: Engine,
  id: string,
  network: string,
  options: {readonly force?: boolean} = {},
): Promise<void> {
  return changeContainer(engine, id, async (held) => {
    requireBridge(held)
    const {name} = engine.networks.store.lookup(network)
    const attachments = held.config.network.attachments
    const others = attachments.filter((attachment) => attachment.network !== name)
    if (others.length === attachments.length)
      throw new EngineError('ERR_REFUSED', `container ${held.name} is not connected to network ${name}`)
    const before = runsWithNetwork(held) ? engine.networks.containers.find(id) : undefined
    saveAttachments(held, others)
    if (before) {
      try {
        await engine.networks.containers.disconnect(id, name, options)
      } catch (error) {
        saveAttachments(held, attachments)
        throw error
      }
      removeNetworkFromFiles(held, before, name)
      await refreshGuest(held)
    }
    writeEvent(held, 'disconnect', name)
  })
}

/** For when the host's firewall was flushed. */
export function reloadNetwork(engine: Engine, id: string): Promise<void> {
  return withContainer(engine, id, async (held) => {
    if (held.config.network.slirp) requireBridge(held)
    held.require(['created', 'running', 'paused'], 'cannot reload network unless container network has been configured')
    if (!engine.networks.containers.find(id))
      throw new EngineError('ERR_CTR_STATE_INVALID', `container ${id} network is not configured, refusing to reload`)
    await engine.networks.containers.reload(id)
    await refreshGuest(held)
  })
}

function writeEvent({engine, id}: HeldContainer, status: 'connect' | 'disconnect', name: string): void {
  engine.events.write({Type: 'network', Status: status, ID: id, Name: name, Network: name})
}

function saveAttachments({engine, config}: HeldContainer, attachments: readonly NetworkAttachment[]): void {
  const changed: ContainerConfig = {
    ...config,
    network: {...config.network, attachments},
    networks: attachments.map(({network}) => network),
  }
  engine.state.replace(changed)
}

function requireBridge({config}: HeldContainer): void {
  if (config.network.attachments.length > 0 || config.network.mode === 'bridge') return
  throw new EngineError('ERR_NETWORK_MODE', `"${config.network.mode}" is not supported`)
}

function freeInterface(attachments: readonly NetworkAttachment[]): string {
  const taken = new Set(attachments.map(({interfaceName}, index) => interfaceName ?? `eth${index}`))
  for (let index = 0; ; index++) if (!taken.has(`eth${index}`)) return `eth${index}`
}
