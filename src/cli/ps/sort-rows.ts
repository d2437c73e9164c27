import type {ContainerListing} from '../../libpod/define/container-listing.ts'
import type {PsRow} from './ps-row.ts'

export interface SortableRow {
  readonly listing: ContainerListing
  readonly row: PsRow
  readonly rootBytes: number
}

export const sortKeys = ['command', 'created', 'id', 'image', 'names', 'runningfor', 'size', 'status']

/** Sorts rows in place by one of `sortKeys`; by creation when there is none. */
export function sortRows(rows: SortableRow[], key: string | undefined): SortableRow[] {
  const value = key === undefined ? values.created : values[key]
  return value ? rows.sort((a, b) => compare(value(a), value(b))) : rows
}

const values: Readonly<Record<string, (row: SortableRow) => string | number>> = {
  command: ({listing}) => listing.summary.command.join(' '),
  created: ({listing}) => listing.summary.createdAt,
  id: ({listing}) => listing.summary.id,
  image: ({row}) => row.Image,
  names: ({listing}) => listing.summary.name,
  // What never ran first, then the one that runs longest.
  runningfor: ({row}) => row.StartedAt,
  size: ({rootBytes}) => rootBytes,
  status: ({row}) => row.State,
}

function compare(a: string | number, b: string | number): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
