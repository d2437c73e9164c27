import {type FilterContext, filterImages, isDangling} from './filters.ts'
import type {Image} from './image.ts'
import {ImageRelations} from './relations.ts'

export interface PruneImagesOptions {
  /** Also images with names, when no container uses them. */
  readonly all?: boolean
  readonly filters?: readonly string[]
}

/** Removes images without a name (or, with `all`, without a container). Returns the ids of the removed. */
export async function pruneImages(
  context: Omit<FilterContext, 'relations'>,
  options: PruneImagesOptions = {},
): Promise<readonly string[]> {
  const removed: string[] = []
  // An image's parent may become prunable when the image is gone.
  for (let round = await pruneRound(context, options); round.length > 0; round = await pruneRound(context, options))
    removed.push(...round)
  await context.store.sweep()
  return removed
}

async function pruneRound(
  context: Omit<FilterContext, 'relations'>,
  {all, filters = []}: PruneImagesOptions,
): Promise<readonly string[]> {
  const {store, users} = context
  const images = store.list()
  const relations = new ImageRelations(images)
  const fitting = await filterImages(images, filters, {...context, relations})
  const removed: string[] = []
  for (const image of fitting) {
    if (!(all ? !relations.hasChildren(image) : isDangling(image, relations))) continue
    if ((await users.containersOf(image.id)).length > 0) continue
    removed.push(...(await remove(context, image)))
  }
  return removed
}

async function remove({store, users}: Omit<FilterContext, 'relations'>, image: Image): Promise<readonly string[]> {
  const {deleted} = await store.remove(image.id, {users, force: true, noPrune: true})
  return deleted
}
