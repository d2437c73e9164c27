import type {ContainerListing} from '../../libpod/define/container-listing.ts'
import type {ContainerState} from '../../libpod/define/container-state.ts'
import type {Runtime} from '../../libpod/runtime.ts'
import {containerFilter} from '../container-filters.ts'
import {parseFilters} from '../filters.ts'
import type {PsOptions} from './ps-options.ts'
import {PsRow} from './ps-row.ts'
import {type SortableRow, sortRows} from './sort-rows.ts'

/** The rows that `ps` shows with these options, sorted. */
export async function listContainers(runtime: Runtime, options: PsOptions): Promise<PsRow[]> {
  const fits = await containerFilter(options.filter, runtime)
  const listings = (await runtime.containers.listings(shownStates(options))).filter(fits)
  const chosen = newest(listings, options)
  const rows = await Promise.all(chosen.map((listing) => rowOf(runtime, listing, options)))
  if (options.external) rows.push(...(await externalRows(runtime, options)))
  return sortRows(rows, options.sort).map(({row}) => row)
}

/** Without `--all` and the like, and without a filter for a state: those that live. */
function shownStates(options: PsOptions): (state: ContainerState) => boolean {
  const byState = ['status', 'exited'].some((key) => parseFilters(options.filter).has(key))
  if (options.all || options.latest || options.last > 0 || byState) return () => true
  return ({status}) => ['running', 'paused', 'stopping'].includes(status)
}

/** `--latest` and `--last N`: the last created ones, newest first. */
function newest(listings: ContainerListing[], options: PsOptions): ContainerListing[] {
  const count = options.latest ? 1 : options.last
  if (count <= 0) return listings
  return listings.sort((a, b) => (a.summary.createdAt < b.summary.createdAt ? 1 : -1)).slice(0, count)
}

async function rowOf(runtime: Runtime, listing: ContainerListing, options: PsOptions): Promise<SortableRow> {
  const needsSize = options.size || options.sort === 'size'
  const size = needsSize ? await runtime.containers.get(listing.summary.id).size() : undefined
  const row = new PsRow(listing, {
    noTrunc: options['no-trunc'],
    namespaces: options.ns || options.format !== undefined,
    pod: podOf(runtime, listing, options),
    ...(size && options.size && {size}),
  })
  return {listing, row, rootBytes: size?.rootBytes ?? 0}
}

/** A row for each layer that no container has, as podman shows those of other programs. */
async function externalRows(runtime: Runtime, options: PsOptions): Promise<SortableRow[]> {
  return (await runtime.layersWithoutContainer()).map((layer) => {
    const summary = {...noContainer, ...layer}
    const listing: ContainerListing = {
      ...{summary, state: {status: 'configured'}},
      ...{ports: [], restartCount: 0, stoppedByUser: false},
    }
    const row = new PsRow(listing, {noTrunc: options['no-trunc'], external: true})
    return {listing, row, rootBytes: 0}
  })
}

const noContainer = {
  ...{version: 1, name: 'unknown', command: ['storage'], labels: {}, isInfra: false, networks: [], ports: []},
  ...{exposedPorts: [], mountPoints: [], dependencies: [], autoRemove: false, hasHealthcheck: false},
  restartPolicy: {name: 'no', maximumRetries: 0, given: false},
} as const

/** Looked up only where it is shown. */
function podOf(
  runtime: Runtime,
  {summary}: ContainerListing,
  options: PsOptions,
): {id: string; name: string} | undefined {
  if (summary.pod === undefined || !(options.pod || options.format !== undefined)) return undefined
  return {id: summary.pod, name: runtime.pods.find(summary.pod)?.name ?? ''}
}
