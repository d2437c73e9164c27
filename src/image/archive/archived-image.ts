import type {SourceImage} from '../source-image.ts'

/** An image of an archive with the full names the archive gives it. */
export interface ArchivedImage extends SourceImage {
  readonly names: readonly string[]
}
