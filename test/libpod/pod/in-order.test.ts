import {expect, it} from 'vitest'
import type {PodMember} from '../../../src/libpod/define/pod.ts'
import {inOrder} from '../../../src/libpod/pod/in-order.ts'

const dependencies: Readonly<Record<string, readonly string[]>> = {
  infra: [],
  web: ['infra'],
  db: ['infra'],
  job: ['db', 'other'],
}
const members = Object.keys(dependencies).map((id) => ({id}) as PodMember)
const state = {summary: (id: string) => ({dependencies: dependencies[id] ?? []}) as never}

it('acts on members at the same time, each after those it depends on', async () => {
  const log: string[] = []
  await inOrder(state, members, async ({id}) => {
    log.push(`${id} begins`)
    await new Promise((resolve) => setTimeout(resolve, id === 'web' ? 60 : 20))
    log.push(`${id} ends`)
  })
  expect(log).toEqual([
    ...['infra begins', 'infra ends', 'web begins', 'db begins', 'db ends', 'job begins'],
    ...['job ends', 'web ends'],
  ])
})

it('has a bound on how many', async () => {
  const many = Array.from({length: 12}, (_, index) => ({id: `c${index}`}) as PodMember)
  let now = 0
  let most = 0
  await inOrder(state, many, async () => {
    most = Math.max(most, ++now)
    await new Promise((resolve) => setTimeout(resolve, 2))
    now--
  })
  expect(most).toBe(4)
})
