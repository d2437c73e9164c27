import {refreshNetwork} from '../sandbox/refresh-network.ts'
import type {Verb} from './verb.ts'

export const verb: Verb = {
  summary: "bring a running machine's network cards in line with the interfaces of its network namespace",
  usage: 'CONTAINER',
  options: {},
  args: [1, 1],
  async run({args, services}) {
    await refreshNetwork(await services(), args[0] ?? '')
    return 0
  },
}
