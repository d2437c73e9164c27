import {resumeContainer} from '../sandbox/pause-container.ts'
import type {Verb} from './verb.ts'

export const verb: Verb = {
  summary: 'let the processes of a paused container go on',
  usage: 'CONTAINER',
  options: {},
  args: [1, 1],
  async run({args, services}) {
    await resumeContainer(await services(), args[0] ?? '')
    return 0
  },
}
