import {EngineError, hasCode} from '../../errors/index.ts'
import {type ContainerSummary, ociState} from '../sandbox/oci-state.ts'
import type {VmServices} from '../sandbox/services.ts'
import type {Verb} from './verb.ts'

export const verb: Verb = {
  summary: 'list containers',
  usage: '',
  options: {
    format: {kind: 'value', short: 'f', valueName: 'table|json', summary: 'form of the list (default: table)'},
    quiet: {kind: 'flag', short: 'q', summary: 'ids only'},
  },
  args: [0, 0],
  async run({options, services, print}) {
    const format = options.value('format') ?? 'table'
    if (format !== 'table' && format !== 'json') throw new EngineError('ERR_REFUSED', 'invalid format option')
    const states = containerStates(await services())
    if (options.flag('quiet')) for (const {id} of states) print(id)
    else if (format === 'json') print(JSON.stringify(states))
    else printTable(states, print)
    return 0
  },
}

function containerStates(services: VmServices): ContainerSummary[] {
  return services.store.list().flatMap((id) => {
    try {
      return ociState(services, id)
    } catch (error) {
      // It went while we looked.
      if (hasCode(error, 'ERR_OCI_CTR_UNKNOWN')) return []
      throw error
    }
  })
}

function printTable(states: readonly ContainerSummary[], print: (line: string) => void): void {
  const header = ['ID', 'PID', 'STATUS', 'BUNDLE', 'CREATED', 'OWNER']
  const rows = states.map(({id, pid, status, bundle, created, owner}) => [
    id,
    String(pid),
    status,
    bundle,
    created,
    owner,
  ])
  const lines = [header, ...rows]
  const widths = header.map((_, column) => columnWidth(lines.map((cells) => cells[column] ?? '')))
  for (const cells of lines)
    print(
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('')
        .trimEnd(),
    )
}

/** As runc lays its table out. */
function columnWidth(cells: readonly string[]): number {
  return Math.max(12, ...cells.map(({length}) => length + 3))
}
