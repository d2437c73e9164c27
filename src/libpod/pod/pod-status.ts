import type {PodMember, PodStatus} from '../define/pod.ts'

/** A pod's status from those of its containers. @see podman libpod, createPodStatusResults */
export function podStatus(all: readonly PodMember[]): PodStatus {
  // An init container has ended when the pod runs, and that is as it should be.
  const others = all.filter(({initContainer}) => !initContainer)
  const members = others.length > 0 ? others : all
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
