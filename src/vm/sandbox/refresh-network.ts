import {EngineError} from '../../errors/index.ts'
import {configureNetwork, SandboxNetwork} from '../network/sandbox-network.ts'
import type {Tap} from '../network/taps.ts'
import type {LiveSandbox} from './live-sandbox.ts'
import {openSandbox} from './live-sandbox.ts'
import {lockContainer} from './locked-container.ts'
import type {VmServices} from './services.ts'

/**
 * Brings a running machine's cards in line with the interfaces of its network namespace, after somebody added some or took some
 * away or made some anew. The guest's other interfaces are left as they are, with what the guest made of them.
 * @throws ERR_OCI_CTR_NOT_RUNNING
 */
export async function refreshNetwork(services: VmServices, id: string): Promise<void> {
  using container = await lockContainer(services, id)
  if (container.status === 'stopped') throw new EngineError('ERR_OCI_CTR_NOT_RUNNING')
  using sandbox = await openSandbox(services, container.record.sandbox)
  const {networkNamespace} = sandbox.record
  if (networkNamespace === undefined) return
  const network = new SandboxNetwork(networkNamespace)
  const found = await network.scan()
  const {taps} = services.store.sandboxState(sandbox.record.id)
  const present = taps.filter(({link}) => found.links.some(({name}) => name === link))
  const kept = await network.stillJoined(present)
  const gone = taps.filter((tap) => !kept.includes(tap))
  for (const {tap} of gone) await sandbox.machine.removeDevice(tap)
  await network.free(gone)
  save(services, sandbox, kept)
  const added = found.links.filter(({name}) => !kept.some(({link}) => link === name))
  let joined: readonly Tap[] = []
  try {
    await network.join(added, kept, (taps) => {
      joined = taps
      save(services, sandbox, [...kept, ...taps])
    })
    await network.plug(sandbox.machine, {network: found, taps: joined})
    await configureNetwork(sandbox.agent, {
      links: added,
      routes: found.routes.filter(({link}) => added.some(({name}) => name === link)),
      neighbours: found.neighbours?.filter(({link}) => added.some(({name}) => name === link)),
    })
    save(services, sandbox, [...kept, ...joined])
  } catch (error) {
    for (const {tap} of joined) await sandbox.machine.removeDevice(tap).catch(() => {})
    await network.free(joined)
    save(services, sandbox, kept)
    throw error
  }
}

function save({store}: VmServices, {record, machine}: LiveSandbox, taps: readonly Tap[]): void {
  store.saveSandboxState(record.id, {...store.sandboxState(record.id), machine: machine.record, taps})
}
