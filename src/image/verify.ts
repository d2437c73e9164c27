import {EngineError} from '../errors/index.ts'
import {parseManifest} from './documents/manifest.ts'
import type {Image} from './image.ts'
import type {ImageStore} from './image-store.ts'

export interface ImageProblem {
  readonly imageID: string
  readonly reason: string
}

/** Checks every image: its documents are there and unspoilt, and every layer it names exists. */
export function verifyImages(store: ImageStore): readonly ImageProblem[] {
  return store.list().flatMap((image) => verifyImage(store, image).map((reason) => ({imageID: image.id, reason})))
}

function verifyImage(store: ImageStore, image: Image): readonly string[] {
  const problems = image.record.layers
    .filter((chainID) => !store.layers.has(chainID))
    .map((chainID) => `layer ${chainID} is missing`)
  const documents = [() => image.manifestBytes]
  if (image.record.kind === 'image') documents.push(() => image.configBytes)
  return [...problems, ...documents.flatMap(readProblem), ...readProblem(() => checkDocuments(image))]
}

function checkDocuments(image: Image): void {
  if (image.record.kind === 'image') parseManifest(image.manifestBytes)
}

function readProblem(read: () => unknown): readonly string[] {
  try {
    read()
    return []
  } catch (error) {
    if (error instanceof EngineError) return [error.message]
    throw error
  }
}
