import type {Digest} from '../oci/types/image-spec.ts'
import type {ImageIndex, IndexEntry} from './image-record.ts'

/** Changes of the index; each returns a new one. Names are full names; one name belongs to one image. */

/** Adds manifests to an image, which exists from then on; the last one is the newest. */
export function withManifests(index: ImageIndex, id: string, added: readonly Digest[]): ImageIndex {
  const entry = index.images[id] ?? {names: [], namesHistory: [], digests: []}
  const digests = [...entry.digests.filter((known) => !added.includes(known)), ...added]
  return withEntry(index, id, {...entry, digests})
}

/** The image came with this manifest and with no other. */
export function withOnlyManifest(index: ImageIndex, id: string, digest: Digest): ImageIndex {
  const entry = index.images[id] ?? {names: [], namesHistory: [], digests: []}
  return withEntry(index, id, {...entry, digests: [digest]})
}

/** Names that are new to the image come behind its own, or (`first`) before them. */
export function withNames(
  index: ImageIndex,
  id: string,
  names: readonly string[],
  {first = false}: {readonly first?: boolean} = {},
): ImageIndex {
  const images = Object.fromEntries(
    Object.entries(index.images).map(([other, entry]) => [
      other,
      other === id ? gain(entry, names, first) : lose(entry, names),
    ]),
  )
  return {...index, images}
}

export function withoutNames(index: ImageIndex, id: string, names: readonly string[]): ImageIndex {
  const entry = index.images[id]
  return entry ? withEntry(index, id, lose(entry, names)) : index
}

export function withoutImage(index: ImageIndex, id: string): ImageIndex {
  const {[id]: _, ...images} = index.images
  return {...index, images}
}

function withEntry(index: ImageIndex, id: string, entry: IndexEntry): ImageIndex {
  return {...index, images: {...index.images, [id]: entry}}
}

/** @see containers/storage, updateNames: every name of the image is noted anew, one after the other */
function gain(entry: IndexEntry, given: readonly string[], first: boolean): IndexEntry {
  const added = given.filter((name) => !entry.names.includes(name))
  const names = first ? [...added, ...entry.names] : [...entry.names, ...added]
  return {...entry, names, namesHistory: [...new Set([...names.toReversed(), ...entry.namesHistory])]}
}

function lose(entry: IndexEntry, names: readonly string[]): IndexEntry {
  return entry.names.some((name) => names.includes(name))
    ? {...entry, names: entry.names.filter((name) => !names.includes(name))}
    : entry
}
