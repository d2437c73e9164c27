import {EngineError} from '../../errors/index.ts'
import type {Image} from '../image.ts'
import type {ImageStore} from '../image-store.ts'
import type {ArchiveTransport} from '../named-archive.ts'
import {formatReference, parseLocalReference} from '../reference.ts'
import {checkTarget} from './check-target.ts'
import type {SavedImage, SaveFormat, SaveOptions} from './write-request.ts'
import {writers} from './writers.ts'

/**
 * Several names with `multiple` are an image each; without, the first is the image and the others further tags for it.
 * @throws ERR_IMAGE_UNKNOWN; ERR_REFUSED when the format holds one image only
 */
export async function saveImages(
  store: ImageStore,
  names: readonly string[],
  multiple: boolean,
  options: SaveOptions,
): Promise<readonly Image[]> {
  const images = multiple
    ? mergeSame(names.map((name) => pick(store, name, [])))
    : [pick(store, names[0] ?? '', names.slice(1))]
  const [first, ...rest] = images
  if (!first) throw new EngineError('ERR_REFUSED', 'no image specified for saving images')
  if (multiple && names.length > 1 && options.format !== 'docker-archive')
    throw new EngineError(
      'ERR_REFUSED',
      `unsupported format "${options.format}" for saving multiple images (only docker-archive)`,
    )
  if (typeof options.output === 'string') checkOutput(options.format, options.output, first)
  await writers[options.format]({...options, store, images: [first, ...rest]})
  for (const {image, names: own} of images) store.emit('save', image.id, own[0] ?? `sha256:${image.id}`)
  return images.map(({image}) => image)
}

const transports = {
  'docker-archive': 'docker-archive',
  'oci-archive': 'oci-archive',
  'oci-dir': 'oci',
  'docker-dir': 'dir',
} as const satisfies Record<SaveFormat, ArchiveTransport>

/** What an archive of Docker's cannot be written to shows when it is opened. */
function checkOutput(format: SaveFormat, path: string, {names}: SavedImage): void {
  if (format === 'docker-archive') return
  const reference = format === 'docker-dir' ? undefined : names[0]
  checkTarget({transport: transports[format], path, ...(reference !== undefined && {reference})})
}

/** An image named by its id has no name in the archive. */
function pick(store: ImageStore, name: string, tags: readonly string[]): SavedImage {
  const {image, name: resolved} = store.resolve(name)
  const own = image.names.includes(resolved) ? [resolved] : []
  return {image, names: [...own, ...tags.map((tag) => formatReference(parseLocalReference(tag)))]}
}

function mergeSame(images: readonly SavedImage[]): readonly SavedImage[] {
  const merged = new Map<string, SavedImage>()
  for (const {image, names} of images) {
    const before = merged.get(image.id)?.names ?? []
    merged.set(image.id, {image, names: [...new Set([...before, ...names])]})
  }
  return [...merged.values()]
}
