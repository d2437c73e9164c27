import {hasCode} from '../../errors/index.ts'
import {statusName} from '../container/held-container.ts'
import {observe} from '../container/observe.ts'
import type {PodMember} from '../define/pod.ts'
import type {State} from '../state/state.ts'

/** The containers of a pod, in order of creation, the infra container first. */
export function podMembers(state: State, podID: string): readonly PodMember[] {
  return memberIDs(state, podID).map((id) => {
    const {name, isInfra, initContainer} = state.summary(id)
    const run = observe(state.layout, id, state.run(id))
    return {id, name, isInfra, initContainer, status: statusName(run.state), restartCount: run.restartCount}
  })
}

function memberIDs(state: State, podID: string): readonly string[] {
  const summaries = state.ids().flatMap((id) => {
    try {
      return [state.summary(id)]
    } catch (error) {
      if (hasCode(error, 'ERR_NO_SUCH_CTR')) return []
      throw error
    }
  })
  return summaries
    .filter(({pod}) => pod === podID)
    .sort((a, b) => Number(b.isInfra) - Number(a.isInfra) || (a.createdAt < b.createdAt ? -1 : 1))
    .map(({id}) => id)
}
