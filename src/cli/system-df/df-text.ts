import {humanDuration} from '../human-duration.ts'
import {humanSize} from '../human-size.ts'
import {renderTable} from '../table.ts'
import {isJsonFormat, renderReport} from '../template/index.ts'
import type {ContainerUsage, DiskUsage, ImageUsage, VolumeUsage} from './disk-usage.ts'

/** A row of `system df`. */
class SummaryRow {
  readonly Type: string
  readonly Total: number
  readonly Active: number
  readonly RawSize: number
  readonly RawReclaimable: number

  constructor(type: string, total: number, active: number, bytes: number, reclaimable: number) {
    this.Type = type
    this.Total = total
    this.Active = active
    this.RawSize = bytes
    this.RawReclaimable = reclaimable
  }

  get Size(): string {
    return humanSize(this.RawSize)
  }

  get Reclaimable(): string {
    const share = this.RawSize === 0 ? 0 : Math.min(100, Math.floor((this.RawReclaimable / this.RawSize) * 100))
    return `${humanSize(this.RawReclaimable)} (${share}%)`
  }

  json(): object {
    const {Type, Total, Active, RawSize, RawReclaimable, Size, Reclaimable} = this
    return {Type, Total, Active, RawSize, RawReclaimable, TotalCount: Total, Size, Reclaimable}
  }
}

const DEFAULT_FORMAT = 'table {{.Type}}\t{{.Total}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}'

/** What `system df` prints without `--verbose`. */
export function summaryText(usage: DiskUsage, format: string | undefined): string {
  const rows = [imageSummary(usage), containerSummary(usage), volumeSummary(usage)]
  if (format !== undefined && isJsonFormat(format))
    return `${JSON.stringify(
      rows.map((row) => row.json()),
      null,
      4,
    )}\n`
  const origin = format === undefined ? 'command' : 'user'
  return renderReport({command: 'df', format: format ?? DEFAULT_FORMAT, origin, rows})
}

function imageSummary({images, imageBytes}: DiskUsage): SummaryRow {
  const byID = new Map(images.map((image) => [image.id, image]))
  const unused = [...byID.values()].filter(({containers}) => containers === 0)
  const reclaimable = unused.reduce((sum, {uniqueBytes}) => sum + uniqueBytes, 0)
  return new SummaryRow('Images', byID.size, byID.size - unused.length, imageBytes, reclaimable)
}

function containerSummary({containers}: DiskUsage): SummaryRow {
  const active = containers.filter(({status}) => status === 'running')
  const total = bytesOf(containers)
  return new SummaryRow('Containers', containers.length, active.length, total, total - bytesOf(active))
}

function volumeSummary({volumes}: DiskUsage): SummaryRow {
  const active = volumes.filter(({links}) => links > 0)
  const total = bytesOf(volumes)
  return new SummaryRow('Local Volumes', volumes.length, active.length, total, total - bytesOf(active))
}

function bytesOf(usages: readonly {readonly bytes: number}[]): number {
  return usages.reduce((sum, {bytes}) => sum + bytes, 0)
}

/** What `system df --verbose` prints. */
export function verboseText({images, containers, volumes}: DiskUsage): string {
  return [
    `Images space usage:\n\n${renderTable([IMAGE_HEADINGS, ...images.map(imageCells)])}`,
    `Containers space usage:\n\n${renderTable([CONTAINER_HEADINGS, ...containers.map(containerCells)])}`,
    `Local Volumes space usage:\n\n${renderTable([VOLUME_HEADINGS, ...volumes.map(volumeCells)])}`,
  ].join('\n')
}

const IMAGE_HEADINGS = ['REPOSITORY', 'TAG', 'IMAGE ID', 'CREATED', 'SIZE', 'SHARED SIZE', 'UNIQUE SIZE', 'CONTAINERS']

function imageCells(image: ImageUsage): string[] {
  const {repository, tag, id, createdAt, bytes, sharedBytes, uniqueBytes, containers} = image
  const sizes = [bytes, sharedBytes, uniqueBytes].map((size) => humanSize(size))
  return [repository, tag, id.slice(0, 12), age(createdAt), ...sizes, String(containers)]
}

const CONTAINER_HEADINGS = ['CONTAINER ID', 'IMAGE', 'COMMAND', 'LOCAL VOLUMES', 'SIZE', 'CREATED', 'STATUS', 'NAMES']

function containerCells(container: ContainerUsage): string[] {
  const {id, image, command, volumes, bytes, createdAt, status, name} = container
  const head = [id.slice(0, 12), image.slice(0, 12), command.join(' '), String(volumes)]
  return [...head, humanSize(bytes), age(createdAt), status, name]
}

const VOLUME_HEADINGS = ['VOLUME NAME', 'LINKS', 'SIZE']

function volumeCells({name, links, bytes}: VolumeUsage): string[] {
  return [name, String(links), humanSize(bytes)]
}

function age(moment: string): string {
  return humanDuration(Date.now() - Date.parse(moment))
}
