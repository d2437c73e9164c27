import {hasCode} from '../errors/index.ts'
import type {ImageConfig, ImageHistory} from '../oci/types/image-spec.ts'
import type {Image} from './image.ts'

/**
 * Which image was built on which. Nothing on disk says so: an image's parent has the same layers or all but the last,
 * and the same history without its last entry. @see containers/common libimage, layerTree
 */
export class ImageRelations {
  readonly #images: readonly Image[]

  constructor(images: readonly Image[]) {
    this.#images = images.filter((image) => image.record.kind === 'image')
  }

  parentOf(child: Image): Image | undefined {
    return this.#images.find((candidate) => candidate.id !== child.id && isParent(candidate, child))
  }

  childrenOf(parent: Image): readonly Image[] {
    return this.#images.filter((candidate) => candidate.id !== parent.id && isParent(parent, candidate))
  }

  hasChildren(parent: Image): boolean {
    return this.#images.some((candidate) => candidate.id !== parent.id && isParent(parent, candidate))
  }
}

function isParent(parent: Image, child: Image): boolean {
  const [below, above] = [parent.record.layers, child.record.layers]
  if (parent.record.kind !== 'image' || child.record.kind !== 'image') return false
  if (above.length < below.length || above.length > below.length + 1) return false
  if (below.length > 0 && below.at(-1) !== above[below.length - 1]) return false
  const [before, after] = [configOf(parent), configOf(child)]
  return before !== undefined && after !== undefined && continues(before, after)
}

/** A damaged image has no relatives; it must be possible to list and to remove it all the same. */
function configOf(image: Image): ImageConfig | undefined {
  try {
    return image.config
  } catch (error) {
    if (hasCode(error, 'ERR_RECORD_CORRUPT', 'ERR_MANIFEST_INVALID')) return undefined
    throw error
  }
}

function continues(parent: ImageConfig, child: ImageConfig): boolean {
  const [before, after] = [parent.history ?? [], child.history ?? []]
  return after.length === before.length + 1 && before.every((entry, index) => sameEntry(entry, after[index]))
}

function sameEntry(a: ImageHistory, b: ImageHistory | undefined): boolean {
  return (
    b !== undefined &&
    a.created === b.created &&
    (a.created_by ?? '') === (b.created_by ?? '') &&
    (a.author ?? '') === (b.author ?? '') &&
    (a.comment ?? '') === (b.comment ?? '') &&
    (a.empty_layer ?? false) === (b.empty_layer ?? false)
  )
}
