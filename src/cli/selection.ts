import {EngineError} from '../errors/index.ts'
import type {Container} from '../libpod/container.ts'
import type {ContainerListing} from '../libpod/define/container-listing.ts'
import type {Runtime} from '../libpod/runtime.ts'
import {isMissingFile, readCidFile} from './cid-file.ts'
import {containerFilter} from './container-filters.ts'

/** How a command says which containers it means. A command without one of these options leaves it out. */
export interface Selection {
  readonly names: readonly string[]
  readonly all?: boolean
  readonly latest?: boolean
  readonly cidFiles?: readonly string[]
  readonly filters?: readonly string[]
}

export interface SelectionRules {
  /** The option that reads ids from files, as the messages name it. Default `cidfile`. */
  readonly idFileFlag?: string
  /** With `--all`: which of all the containers. */
  readonly onlyIf?: (listing: ContainerListing) => boolean
  /** A missing id file counts as nothing selected. */
  readonly ignoreMissing?: boolean
  /** A name that nobody has counts as nothing selected. Default `ignoreMissing`. */
  readonly ignoreUnknown?: boolean
}

/** A container that was asked for, under the name that is printed for it. */
export interface Chosen {
  readonly name: string
  /** @throws ERR_NO_SUCH_CTR */
  container(): Container
}

/**
 * The containers that are meant: names as given, ids for `--all`, `--filter` and `--cidfile`. Every name is looked up
 * before the command acts on any: a mistyped one changes nothing.
 * @throws ERR_REFUSED, ERR_NO_SUCH_CTR, ERR_CTR_AMBIGUOUS
 */
export async function selectContainers(
  runtime: Runtime,
  selection: Selection,
  rules: SelectionRules = {},
): Promise<Chosen[]> {
  checkSelection(selection, rules)
  const {all, latest, filters = []} = selection
  if (latest) return [chosen(runtime.containers.latest())]
  if (all || filters.length > 0) return listed(runtime, selection, rules)
  const names = [...readIDs(selection.cidFiles ?? [], rules), ...selection.names]
  return lookUpAll(runtime, names, rules.ignoreUnknown ?? rules.ignoreMissing ?? false)
}

/** Every one of them, before anything is done to the first. @throws ERR_NO_SUCH_CTR, ERR_CTR_AMBIGUOUS */
export function lookUpAll(runtime: Runtime, names: readonly string[], ignoreUnknown = false): Chosen[] {
  const {containers} = runtime
  return names.flatMap((name) => {
    const container = ignoreUnknown ? containers.find(name) : containers.lookup(name)
    return container ? [{name, container: () => container}] : []
  })
}

function chosen(container: Container): Chosen {
  return {name: container.id, container: () => container}
}

/** Options that exclude each other, in podman's words. @throws ERR_REFUSED */
export function checkSelection(selection: Selection, rules: SelectionRules = {}): void {
  const complaint = complain(selection, rules.idFileFlag ?? 'cidfile')
  if (complaint) throw new EngineError('ERR_REFUSED', complaint)
}

function complain({names, all, latest, cidFiles, filters}: Selection, idFileFlag: string): string | undefined {
  const byFile = cidFiles !== undefined && cidFiles.length > 0
  if (filters && filters.length > 0) return names.length > 0 ? '--filter takes no arguments' : undefined
  if (byFile && (all || latest)) return `--all, --latest, and --${idFileFlag} cannot be used together`
  if (all && latest) return '--all and --latest cannot be used together'
  if (all && names.length > 0) return 'no arguments are needed with --all'
  if (latest && names.length > 0) return '--latest and containers cannot be used together'
  if (names.length === 0 && !all && !latest && !byFile) return 'you must provide at least one name or id'
  return undefined
}

async function listed(runtime: Runtime, {all, filters = []}: Selection, rules: SelectionRules): Promise<Chosen[]> {
  const fits = await containerFilter(filters, runtime)
  const listings = await runtime.containers.listings()
  const wanted = (listing: ContainerListing) => fits(listing) && (!all || !rules.onlyIf || rules.onlyIf(listing))
  const ids = listings.filter(wanted).map((listing) => listing.summary.id)
  return ids.map((name) => ({name, container: () => runtime.containers.lookup(name)}))
}

function readIDs(files: readonly string[], rules: SelectionRules): string[] {
  return files.flatMap((file) => {
    try {
      return [readCidFile(file)]
    } catch (error) {
      if (rules.ignoreMissing && isMissingFile(error)) return []
      throw error
    }
  })
}
