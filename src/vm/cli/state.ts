import {ociState} from '../sandbox/oci-state.ts'
import type {Verb} from './verb.ts'

export const verb: Verb = {
  summary: 'print the state of a container as JSON',
  usage: 'CONTAINER',
  options: {},
  args: [1, 1],
  async run({args, services, print}) {
    print(JSON.stringify(ociState(await services(), args[0] ?? ''), null, 2))
    return 0
  },
}
