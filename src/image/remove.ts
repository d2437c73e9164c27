import {EngineError} from '../errors/index.ts'
import type {Image} from './image.ts'
import type {ImageStore, RemoveOptions, RemoveReport} from './image-store.ts'
import {ImageRelations} from './relations.ts'

/** What removal needs of the store besides its public face. */
export interface ErasingStore extends ImageStore {
  erase(id: string): Promise<void>
}

/**
 * podman's rmi for one argument: a name of an image that has more is only taken away; an id takes the whole image,
 * which needs force when it has several names or containers. Parents without names go with their last child.
 * @see containers/common libimage, Image.remove
 */
export async function removeImage(store: ErasingStore, name: string, options: RemoveOptions): Promise<RemoveReport> {
  const {image, name: resolved} = store.resolve(name, {list: true})
  const byName = image.names.includes(resolved)
  if (byName && image.names.length > 1) return untagOnly(store, image, resolved)
  if (!byName && image.names.length > 1 && !options.force) throw severalTags(image)
  await freeFromContainers(image, options)
  return eraseWithParents(store, image, options)
}

async function untagOnly(store: ErasingStore, image: Image, name: string): Promise<RemoveReport> {
  await store.untag(image.id, [name])
  return {id: image.id, untagged: [name], removed: false, deleted: []}
}

async function freeFromContainers(image: Image, options: RemoveOptions): Promise<void> {
  const containers = await options.users.containersOf(image.id)
  if (containers.length === 0) return
  if (!options.force) throw inUse(containers)
  for (const container of containers) await options.users.removeContainer(container)
}

async function eraseWithParents(store: ErasingStore, image: Image, options: RemoveOptions): Promise<RemoveReport> {
  const relations = new ImageRelations(store.list())
  const parent = options.noPrune ? undefined : relations.parentOf(image)
  const hasChildren = relations.hasChildren(image)
  await store.erase(image.id)
  store.emit('remove', image.id, image.names[0] ?? image.id)
  const deleted = hasChildren ? [] : [image.id]
  if (parent && parent.names.length === 0) deleted.push(...(await eraseUnlessNeeded(store, parent, options)))
  return {id: image.id, untagged: image.names, removed: !hasChildren, deleted}
}

async function eraseUnlessNeeded(
  store: ErasingStore,
  parent: Image,
  options: RemoveOptions,
): Promise<readonly string[]> {
  if (new ImageRelations(store.list()).hasChildren(parent)) return []
  if ((await options.users.containersOf(parent.id)).length > 0) return []
  return (await eraseWithParents(store, parent, options)).deleted
}

function severalTags(image: Image): EngineError {
  return new EngineError(
    'ERR_REFUSED',
    `unable to delete image "${image.id}" by ID with more than one tag ([${image.names.join(' ')}]): please force removal`,
  )
}

function inUse(containers: readonly string[]): EngineError {
  const error = new EngineError('ERR_IMAGE_IN_USE', `image used by ${containers[0]}`)
  error.message += ': consider listing external containers and force-removing image'
  return error
}
