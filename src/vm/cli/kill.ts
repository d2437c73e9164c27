import {parseSignal} from '../../host/index.ts'
import {killContainer} from '../sandbox/kill-container.ts'
import type {Verb} from './verb.ts'

export const verb: Verb = {
  summary: 'send a signal to a container (default: SIGTERM)',
  usage: 'CONTAINER [SIGNAL]',
  options: {all: {kind: 'flag', short: 'a', summary: 'to all its processes'}},
  args: [1, 2],
  async run({args, options, services}) {
    // Signal 0 only asks whether it runs.
    const signal = args[1] === '0' ? 0 : parseSignal(args[1] ?? 'SIGTERM')
    await killContainer(await services(), args[0] ?? '', signal, options.flag('all'))
    return 0
  },
}
