import {startContainer} from '../sandbox/start-container.ts'
import type {Verb} from './verb.ts'

export const verb: Verb = {
  summary: 'run the process of a created container',
  usage: 'CONTAINER',
  options: {},
  args: [1, 1],
  async run({args, services}) {
    await startContainer(await services(), args[0] ?? '')
    return 0
  },
}
