import {stopContainer} from '../container/stop.ts'
import type {Engine} from '../engine.ts'
import {podMembers} from './pod-members.ts'

const live = ['created', 'initialized', 'running', 'paused', 'stopping']

/**
 * What a pod does when one of its containers has ended: with the policy `stop`, the last one takes the infra container
 * along. Takes no lock of the pod's: whoever stops all of it holds that one.
 */
export async function afterMemberExit(engine: Engine, podID: string): Promise<void> {
  const config = engine.pods.find(podID)
  if (!config?.infraID || config.exitPolicy !== 'stop') return
  const members = podMembers(engine.state, podID)
  const infra = members.find(({isInfra}) => isInfra)
  if (infra?.status !== 'running' || members.some(({isInfra, status}) => !isInfra && live.includes(status))) return
  await stopContainer(engine, infra.id, {})
}
