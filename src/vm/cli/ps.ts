import {EngineError} from '../../errors/index.ts'
import {containerProcesses, type GuestProcess} from '../sandbox/container-processes.ts'
import type {Verb} from './verb.ts'

export const verb: Verb = {
  summary: "list a container's processes, by the guest's pids",
  usage: 'CONTAINER',
  options: {
    format: {
      kind: 'value',
      short: 'f',
      valueName: 'table|json|full',
      summary: 'form of the list (default: table); json has pids only, full is all of it as JSON',
    },
  },
  args: [1, Number.POSITIVE_INFINITY],
  stopAtFirstArgument: true,
  async run({args, options, services, print}) {
    if (args.length > 1)
      throw new EngineError('ERR_NOT_SUPPORTED', "an option of ps(1), which does not see a guest's processes")
    const format = options.value('format') ?? 'table'
    if (format !== 'table' && format !== 'json' && format !== 'full')
      throw new EngineError('ERR_REFUSED', 'invalid format option')
    const processes = await containerProcesses(await services(), args[0] ?? '')
    // runc's word for an empty list.
    if (format === 'json') print(processes.length === 0 ? 'null' : JSON.stringify(processes.map(({pid}) => pid)))
    else if (format === 'full') print(JSON.stringify(processes))
    else for (const line of table(processes)) print(line)
    return 0
  },
}

function table(processes: readonly GuestProcess[]): string[] {
  const row = (...cells: readonly (string | number)[]) =>
    cells.map((cell, column) => (column === 5 ? String(cell) : String(cell).padEnd(column === 0 ? 8 : 7))).join(' ')
  return [
    row('UID', 'PID', 'PPID', 'STATE', 'RSS', 'CMD'),
    ...processes.map(({uid, pid, ppid, state, rssBytes, args}) =>
      row(uid, pid, ppid, state, `${Math.round(rssBytes / 1024)}K`, args.join(' ')),
    ),
  ]
}
