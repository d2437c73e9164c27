import type {ContainerStats} from '../../libpod/define/verb-options.ts'
import {type GoType, goTypes, isJsonFormat, renderReport} from '../template/index.ts'
import {StatsRow} from './stats-row.ts'

/** A container as `pod stats` shows it: all text, with dashes where nothing was counted. */
interface PodStatsRow {
  readonly CPU: string
  readonly MemUsage: string
  readonly MemUsageBytes: string
  readonly Mem: string
  readonly NetIO: string
  readonly BlockIO: string
  readonly PIDS: string
  readonly Pod: string
  readonly CID: string
  readonly Name: string
}

const FORMAT =
  'table {{.Pod}}\t{{.CID}}\t{{.Name}}\t{{.CPU}}\t{{.MemUsage}}\t{{.Mem}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDS}}'

const headings = {
  CPU: 'CPU %',
  MemUsage: 'MEM USAGE/ LIMIT',
  MemUsageBytes: 'MEM USAGE/ LIMIT',
  Mem: 'MEM %',
  NetIO: 'NET IO',
  BlockIO: 'BLOCK IO',
}

const {struct, text} = goTypes

const rowType: GoType = struct(
  {
    ...{CPU: text, MemUsage: text, MemUsageBytes: text, Mem: text, NetIO: text, BlockIO: text, PIDS: text},
    ...{Pod: text, CID: text, Name: text},
  },
  '*entities.PodStatsReport',
)

const NOTHING: PodStatsRow = {
  ...{CPU: '--', MemUsage: '--', MemUsageBytes: '--', Mem: '--', NetIO: '--', BlockIO: '--', PIDS: '--'},
  ...{Pod: '--', CID: '--', Name: '--'},
}

/** What `pod stats` prints for one sample of each container. @param podOf the pod's id, by the container's */
export function podStatsText(
  samples: readonly ContainerStats[],
  podOf: ReadonlyMap<string, string>,
  format: string | undefined,
): string {
  const rows = samples.map((sample) => rowOf(sample, podOf.get(sample.id) ?? ''))
  if (format !== undefined && isJsonFormat(format)) return `${JSON.stringify(rows, null, 5)}\n`
  // podman's own table has a line also where there is nothing to count.
  if (format === undefined && rows.length === 0) rows.push(NOTHING)
  if (rows.length === 0) return ''
  return renderReport({
    ...{command: 'stats', rows, headings, alwaysHeading: true, rowType},
    ...(format === undefined ? {format: FORMAT, origin: 'command'} : {format}),
  })
}

function rowOf(stats: ContainerStats, pod: string): PodStatsRow {
  const row = new StatsRow(stats, false)
  const counted = (value: number, text: string, nothing = '--') => (value === 0 ? nothing : text)
  const memory = stats.memoryUsageBytes + stats.memoryLimitBytes
  return {
    CPU: counted(stats.cpuPercent, row.CPUPerc),
    MemUsage: counted(memory, row.MemUsage, '-- / --'),
    MemUsageBytes: counted(memory, row.MemUsageBytes, '-- / --'),
    Mem: counted(stats.memoryPercent, row.MemPerc),
    NetIO: row.NetIO === '0B / 0B' ? '-- / --' : row.NetIO,
    BlockIO: row.BlockIO === '0B / 0B' ? '-- / --' : row.BlockIO,
    PIDS: counted(stats.pids, row.PIDS),
    ...{Pod: pod.slice(0, 12), CID: row.ID, Name: stats.name},
  }
}
