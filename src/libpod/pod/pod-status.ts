import type {PodMember, PodStatus} from '../define/pod.ts'

/** A pod's status from those of its containers. @see podman libpod, createPodStatusResults */
export function podStatus(members: readonly PodMember[]): PodStatus {
  const count = (...statuses: readonly string[]) => members.filter(({status}) => statuses.includes(status)).length
  const running = count('running')
  const ended = count('exited', 'stopped', 'stopping', 'removing')
  if (members.length === 0) return 'Created'
  if (running === members.length) return 'Running'
  if (running > 0) return 'Degraded'
  if (count('paused') === members.length) return 'Paused'
  if (ended === members.length) return 'Exited'
  return ended > 0 ? 'Stopped' : 'Created'
}
