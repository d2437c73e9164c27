import {deleteContainer} from '../sandbox/delete-container.ts'
import type {Verb} from './verb.ts'

export const verb: Verb = {
  summary: 'remove what a container that ended left, and its virtual machine with the last one',
  usage: 'CONTAINER',
  options: {force: {kind: 'flag', short: 'f', summary: 'kill it first when it runs; none there is no error'}},
  args: [1, 1],
  async run({args, options, services}) {
    await deleteContainer(await services(), args[0] ?? '', {force: options.flag('force')})
    return 0
  },
}
