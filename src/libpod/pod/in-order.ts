import {Slots} from '../../image/slots.ts'
import type {StartPace} from '../container/start-pace.ts'
import type {PodMember} from '../define/pod.ts'
import type {State} from '../state/state.ts'

const AT_A_TIME = 4

interface Turn {
  readonly isInfra: boolean
  readonly made: Promise<void>
  readonly done: Promise<void>
}

/**
 * Acts on members, several at a time, each after those of them that it depends on, whether these went well or not. What
 * needs no more than the infra container begins beside that, and has `needed` to wait for.
 * @param order as `startOrder` gives it
 * @param act must not fail
 */
export async function inOrder(
  state: Pick<State, 'summary'>,
  order: readonly PodMember[],
  act: (member: PodMember, pace: StartPace) => Promise<void>,
): Promise<void> {
  const slots = new Slots(AT_A_TIME)
  const turns = new Map<string, Turn>()
  for (const member of order) {
    const {dependencies} = state.summary(member.id)
    const needed = dependencies.flatMap((id) => turns.get(id) ?? [])
    const started = all(needed.map(({done}) => done))
    const beside =
      needed.length > 0 && needed.length === dependencies.length && needed.every(({isInfra}) => isInfra)
        ? {made: all(needed.map(({made}) => made)), started}
        : undefined
    const {promise: told, resolve: onMade} = Promise.withResolvers<void>()
    // The infra container has its slot before them: nobody waits in one for somebody who has none.
    const enter = () => slots.run(() => act(member, {onMade, ...(beside && {needed: beside})}))
    const done = beside || needed.length === 0 ? enter() : started.then(enter)
    turns.set(member.id, {isInfra: member.isInfra, done, made: Promise.race([told, done])})
  }
  await all([...turns.values()].map(({done}) => done))
}

async function all(promises: readonly Promise<void>[]): Promise<void> {
  await Promise.all(promises)
}
