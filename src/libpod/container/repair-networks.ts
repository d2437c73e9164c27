import {networkNames} from './container-network.ts'
import type {HeldContainer} from './held-container.ts'
import {addNetworkToFiles, removeNetworkFromFiles} from './network-files.ts'
import {standsForGuest} from './stands-for-guest.ts'

/** What a killed `connect` or `disconnect` left: the container's record says on which networks it is. */
export async function repairNetworks(held: HeldContainer): Promise<void> {
  const {engine, id, config} = held
  const before = runsWithNetwork(held) ? engine.networks.containers.find(id) : undefined
  if (!before) return
  const names = config.network.attachments.map(({network}) => network)
  await engine.networks.containers.keepOnly(id, names)
  for (const name of networkNames(before))
    if (names.includes(name)) addNetworkToFiles(held, before, name)
    else removeNetworkFromFiles(held, before, name)
  // A machine that is gone needs no cards, and must not keep the next command from finding that out.
  await refreshGuest(held).catch(() => {})
}

/** A virtual machine learns of a change of its namespace only when it is told. */
export async function refreshGuest({id, state, ociRuntime}: HeldContainer): Promise<void> {
  if ('pid' in state && standsForGuest(state.pid)) await ociRuntime.refreshNetwork(id)
}

export function runsWithNetwork(held: HeldContainer): boolean {
  return held.is('created', 'running', 'paused') && held.run.resources?.network === true
}
