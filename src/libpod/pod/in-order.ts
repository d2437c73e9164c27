import {Slots} from '../../image/slots.ts'
import type {PodMember} from '../define/pod.ts'
import type {State} from '../state/state.ts'

const AT_A_TIME = 4

/**
 * Acts on members, several at a time, each after those of them that it depends on, whether these went well or not.
 * @param order as `startOrder` gives it
 * @param act must not fail
 */
export async function inOrder(
  state: Pick<State, 'summary'>,
  order: readonly PodMember[],
  act: (member: PodMember) => Promise<void>,
): Promise<void> {
  const slots = new Slots(AT_A_TIME)
  const done = new Map<string, Promise<void>>()
  for (const member of order) {
    const needed = state.summary(member.id).dependencies.map((id) => done.get(id))
    done.set(
      member.id,
      Promise.all(needed).then(() => slots.run(() => act(member))),
    )
  }
  await Promise.all(done.values())
}
