import {isOneOf, liveStatuses} from './container/held-container.ts'
import {hold} from './container/with-container.ts'
import type {Problem} from './define/problem.ts'
import type {Engine} from './engine.ts'
import {idsWithoutContainer} from './layers-without-container.ts'
import {removeHalfMadePods} from './pod/half-made-pods.ts'
import type {StateDatabase} from './state/state-database.ts'
import {verifyRecords} from './state/verify-records.ts'

interface CheckedEngine extends Engine {
  readonly state: StateDatabase
}

/** Compares records, indexes, layers and networks with each other; `repair` puts right what can be. */
export async function checkEngine(
  engine: CheckedEngine,
  options: {readonly repair?: boolean},
): Promise<readonly Problem[]> {
  const repair = options.repair ?? false
  await engine.layers.sweep()
  engine.volumes.sweep()
  engine.pods.sweep()
  await engine.secrets.sweep()
  await removeHalfMadePods(engine)
  return [
    ...verifyRecords(engine.state, {repair}),
    ...(await checkLayers(engine, repair)),
    ...(await checkNetworks(engine, repair)),
    ...(await checkPending(engine, repair)),
  ]
}

/** Rewrites every config in this version's form, and the indexes from them. */
export async function migrate(engine: CheckedEngine): Promise<number> {
  const ids = engine.state.ids()
  for (const id of ids) {
    using _lock = await engine.state.lock(id)
    if (engine.state.exists(id)) engine.state.replace(engine.state.config(id))
  }
  verifyRecords(engine.state, {repair: true})
  engine.events.write({Name: '', Status: 'renumber', Type: 'system'})
  return ids.length
}

/** A container has a layer, and a layer a container. */
async function checkLayers(engine: CheckedEngine, repair: boolean): Promise<Problem[]> {
  const {layers, state} = engine
  const known = new Set(state.ids())
  const having = new Set(await layers.listContainerLayers())
  const problems: Problem[] = []
  for (const id of await idsWithoutContainer(engine)) {
    if (repair) await layers.removeContainerLayer(id)
    problems.push({object: `layer ${id}`, problem: 'belongs to no container', repaired: repair})
  }
  for (const id of known)
    if (!having.has(id) && !state.config(id).rootfs)
      problems.push({object: `container ${id}`, problem: 'its layer is gone', repaired: false})
  return problems
}

/** Only a container with a process has a network. */
async function checkNetworks(engine: CheckedEngine, repair: boolean): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const {containerID} of engine.networks.containers.list()) {
    const {resources} = engine.state.run(containerID)
    if (engine.state.exists(containerID) && resources?.network) continue
    if (repair) await engine.networks.containers.tearDown(containerID)
    problems.push({object: `network of ${containerID}`, problem: 'its container does not run', repaired: repair})
  }
  return problems
}

/** Containers that ended while nobody looked are brought up to date by looking. */
async function checkPending(engine: CheckedEngine, repair: boolean): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const id of engine.state.idsWithRun()) {
    if (!engine.state.exists(id)) continue
    using lock = engine.state.tryLock(id)
    if (!lock) continue
    const {run} = await hold(engine, id)
    if (!run.mountPoint || isOneOf(run.state, [...liveStatuses, 'stopped'])) continue
    if (repair) await engine.layers.unmountContainerLayer(id)
    problems.push({object: `container ${id}`, problem: 'is mounted, and does not run', repaired: repair})
  }
  return problems
}
