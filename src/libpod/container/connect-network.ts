import {EngineError, hasCode} from '../../errors/index.ts'
import type {ContainerConfig, NetworkAttachment} from '../define/container-config.ts'
import type {ConnectOptions} from '../define/verb-options.ts'
import type {Engine} from '../engine.ts'
import {connection} from './container-network.ts'
import type {HeldContainer} from './held-container.ts'
import {changeContainer} from './with-container.ts'

/** Adds a network to a container: to its record, and where it runs, to its namespace. */
export function connectNetwork(engine: Engine, id: string, network: string, options: ConnectOptions): Promise<void> {
  return changeContainer(engine, id, async (held) => {
    requireBridge(held)
    const {name} = engine.networks.store.lookup(network)
    const attachments = held.config.network.attachments
    if (attachments.some((attachment) => attachment.network === name))
      throw new EngineError('ERR_NETWORK_CONNECTED', `container ${id} is already connected to network ${name}`)
    const added: NetworkAttachment = {
      network: name,
      staticIPs: options.staticIPs ?? [],
      ...(options.staticMAC && {staticMAC: options.staticMAC}),
      aliases: options.aliases ?? [],
      interfaceName: options.interfaceName ?? freeInterface(attachments),
      options: {},
    }
    if (runsWithNetwork(held)) {
      const [, details] = connection(held.config, added, attachments.length)
      await engine.networks.containers.connect(id, name, details)
    }
    saveAttachments(held, [...attachments, added])
    engine.events.write({Type: 'network', Status: 'connect', ID: id, Name: name, Network: name})
  })
}

export function disconnectNetwork(
  engine: Engine,
  id: string,
  network: string,
  options: {readonly force?: boolean},
): Promise<void> {
  return changeContainer(engine, id, async (held) => {
    const {name} = engine.networks.store.lookup(network)
    const attachments = held.config.network.attachments
    if (!attachments.some((attachment) => attachment.network === name))
      throw new EngineError('ERR_NETWORK_NOT_CONNECTED', `container ${id} is not connected to network ${name}`)
    if (runsWithNetwork(held)) await disconnectRunning(held, name, options.force ?? false)
    saveAttachments(
      held,
      attachments.filter((attachment) => attachment.network !== name),
    )
    engine.events.write({Type: 'network', Status: 'disconnect', ID: id, Name: name, Network: name})
  })
}

async function disconnectRunning({engine, id}: HeldContainer, name: string, force: boolean): Promise<void> {
  try {
    await engine.networks.containers.disconnect(id, name)
  } catch (error) {
    if (!force || !hasCode(error, 'ERR_NETWORK_NOT_CONNECTED')) throw error
  }
}

function saveAttachments({engine, config}: HeldContainer, attachments: readonly NetworkAttachment[]): void {
  const changed: ContainerConfig = {
    ...config,
    network: {...config.network, attachments},
    networks: attachments.map(({network}) => network),
  }
  engine.state.replace(changed)
}

function requireBridge({config, id}: HeldContainer): void {
  if (config.network.attachments.length > 0 || config.network.mode === 'bridge') return
  throw new EngineError(
    'ERR_REFUSED',
    `"${config.network.mode}" is not supported: invalid network mode (container ${id})`,
  )
}

function runsWithNetwork(held: HeldContainer): boolean {
  return held.is('created', 'running', 'paused') && held.run.resources?.network === true
}

function freeInterface(attachments: readonly NetworkAttachment[]): string {
  const taken = new Set(attachments.map(({interfaceName}, index) => interfaceName ?? `eth${index}`))
  for (let index = 0; ; index++) if (!taken.has(`eth${index}`)) return `eth${index}`
}
