import {EngineError} from '../../errors/index.ts'
import {timingsReport} from '../../timings/index.ts'
import type {Verb} from './verb.ts'

export const verb: Verb = {
  summary: 'show where commands spent their time, from files that --timings or $BERTH_TIMINGS named',
  usage: 'FILE [FILE...]',
  options: {
    json: {kind: 'flag', summary: 'as JSON'},
    svg: {kind: 'flag', summary: 'as a picture'},
  },
  args: [1, Number.POSITIVE_INFINITY],
  async run({options, args}) {
    const [json, svg] = [options.flag('json'), options.flag('svg')]
    if (json && svg) throw new EngineError('ERR_INVALID_ARG', 'timings: --json and --svg exclude each other')
    process.stdout.write(timingsReport(args, json ? 'json' : svg ? 'svg' : 'text'))
    return 0
  },
}
