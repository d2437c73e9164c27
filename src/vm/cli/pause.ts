import {pauseContainer} from '../sandbox/pause-container.ts'
import type {Verb} from './verb.ts'

export const verb: Verb = {
  summary: 'freeze all processes of a container',
  usage: 'CONTAINER',
  options: {},
  args: [1, 1],
  async run({args, services}) {
    await pauseContainer(await services(), args[0] ?? '')
    return 0
  },
}
