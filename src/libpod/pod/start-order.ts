import type {PodMember} from '../define/pod.ts'
import type {State} from '../state/state.ts'

/** Members with those first that others depend on; else in the order given. */
export function startOrder(state: Pick<State, 'summary'>, members: readonly PodMember[]): PodMember[] {
  const placed = new Set<string>()
  const order: PodMember[] = []
  const place = (member: PodMember): void => {
    if (placed.has(member.id)) return
    placed.add(member.id)
    const needed = new Set(state.summary(member.id).dependencies)
    for (const other of members) if (needed.has(other.id)) place(other)
    order.push(member)
  }
  for (const member of members) place(member)
  return order
}
