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

it('begins those that need the infra container beside it, and lets them wait for it', async () => {
  const pod = ['infra', 'c0', 'c1', 'c2', 'c3', 'c4', 'c5'].map((id) => ({id, isInfra: id === 'infra'}) as PodMember)
  const needsInfra = {summary: (id: string) => ({dependencies: id === 'infra' ? [] : ['infra']}) as never}
  const log: string[] = []
  await inOrder(needsInfra, pod, async ({id, isInfra}, {onMade, needed}) => {
    log.push(`${id} begins`)
    if (isInfra) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      log.push('infra is made')
      onMade?.()
      await new Promise((resolve) => setTimeout(resolve, 5))
      log.push('infra runs')
    }
    await needed?.made
    if (id === 'c0') log.push('c0 joins')
    await needed?.started
    if (id === 'c0') log.push('c0 runs')
  })
  expect(log.slice(0, 8)).toEqual([
    ...['infra begins', 'c0 begins', 'c1 begins', 'c2 begins'],
    ...['infra is made', 'c0 joins', 'infra runs', 'c0 runs'],
  ])
  expect(log.filter((line) => line.endsWith('begins'))).toHaveLength(7)
})

it('lets nobody wait for an infra container that has failed', async () => {
  const pod = ['infra', 'c0'].map((id) => ({id, isInfra: id === 'infra'}) as PodMember)
  const needsInfra = {summary: (id: string) => ({dependencies: id === 'infra' ? [] : ['infra']}) as never}
  await inOrder(needsInfra, pod, async (_member, {needed}) => {
    await needed?.made
    await needed?.started
  })
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
