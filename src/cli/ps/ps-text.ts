import {goJson} from '../go-json.ts'
import {isJsonFormat, renderReport} from '../template/index.ts'
import type {PsOptions} from './ps-options.ts'
import {type PsRow, psRowType} from './ps-row.ts'

/** What `ps` prints for its rows. */
export function psText(rows: readonly PsRow[], options: PsOptions): string {
  const {format, quiet} = options
  if (format !== undefined && isJsonFormat(format))
    return `${goJson(
      rows.map((row) => row.json()),
      2,
    )}\n`
  if (quiet && !format) return rows.map((row) => `${row.ID}\n`).join('')
  return renderReport({
    command: 'ps',
    format: format ?? defaultFormat(options),
    origin: format === undefined ? 'command' : 'user',
    rows,
    rowType: psRowType,
    headings,
    noHeading: options.noheading,
  })
}

function defaultFormat(options: PsOptions): string {
  if (options.ns)
    return 'table {{.ID}}\t{{.Names}}\t{{.Pid}}\t{{.Cgroup}}\t{{.IPC}}\t{{.MNT}}\t{{.NET}}\t{{.PIDNS}}\t{{.USERNS}}\t{{.UTS}}'
  const columns = ['ID', 'Image', 'Command', 'CreatedHuman', 'Status', 'Ports', 'Names']
  if (options.pod) columns.push('Pod', 'PodName')
  if (options.size) columns.push('Size')
  return `table ${columns.map((column) => `{{.${column}}}`).join('\t')}`
}

const headings = {
  Cgroup: 'cgroupns',
  CreatedHuman: 'created',
  ID: 'container id',
  IPC: 'ipc',
  MNT: 'mnt',
  NET: 'net',
  Networks: 'networks',
  PIDNS: 'pidns',
  Pod: 'pod id',
  PodName: 'podname',
  Restarts: 'restarts',
  RunningFor: 'running for',
  USERNS: 'userns',
  User: 'userns',
  UTS: 'uts',
}
