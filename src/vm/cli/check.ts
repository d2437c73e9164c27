import type {ReportLine} from '../sandbox/host-needs.ts'
import {hostReport} from '../sandbox/host-report.ts'
import type {Verb} from './verb.ts'

export const verb: Verb = {
  summary: 'tell whether this host can run virtual machines, how, and what is missing',
  usage: '',
  options: {format: {kind: 'value', short: 'f', valueName: 'text|json', summary: 'form of the answer (default: text)'}},
  args: [0, 0],
  async run({options, services, print}) {
    const lines = await hostReport(await services())
    if (options.value('format') === 'json') print(JSON.stringify(lines, null, 2))
    else for (const line of lines) print(textOf(line))
    return lines.every(({state}) => state !== 'missing') ? 0 : 1
  },
}

function textOf({subject, state, detail}: ReportLine): string {
  return `${state.padEnd(8)} ${subject.padEnd(18)} ${detail}`
}
