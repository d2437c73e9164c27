import type {ContainerStats} from '../../libpod/define/verb-options.ts'
import {isJsonFormat, renderReport} from '../template/index.ts'
import {StatsRow} from './stats-row.ts'

const DEFAULT_FORMAT =
  'table {{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDS}}\t{{.UpTime}}\t{{.AVGCPU}}'

/** What `stats` prints for one sample of each container. */
export function statsText(
  samples: readonly ContainerStats[],
  options: {readonly format?: string; readonly noTrunc: boolean},
): string {
  const rows = samples.map((sample) => new StatsRow(sample, options.noTrunc))
  const {format} = options
  if (format !== undefined && isJsonFormat(format))
    return `${JSON.stringify(
      rows.map((row) => row.json()),
      null,
      1,
    )}\n`
  return renderReport({
    command: 'stats',
    format: format ?? DEFAULT_FORMAT,
    origin: format === undefined ? 'command' : 'user',
    rows,
    rowType: {kind: 'struct', name: 'containers.containerStats'},
    headings,
  })
}

const headings = {
  ID: 'ID',
  UpTime: 'CPU TIME',
  CPUPerc: 'CPU %',
  MemUsage: 'MEM USAGE / LIMIT',
  MemUsageBytes: 'MEM USAGE / LIMIT',
  MemPerc: 'MEM %',
  NetIO: 'NET IO',
  BlockIO: 'BLOCK IO',
  PIDS: 'PIDS',
  AVGCPU: 'AVG CPU %',
}
