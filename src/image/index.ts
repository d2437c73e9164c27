export type {Digest} from '../oci/types/image-spec.ts'
export {type ImportOptions, importImage} from './archive/import.ts'
export {type LoadedImage, type LoadOptions, loadImages} from './archive/load.ts'
export {type SavedImage, type SaveFormat, type SaveOptions, saveFormats, saveImages} from './archive/save.ts'
export {applyChanges} from './changes.ts'
export type {BlobReport, CopyReport} from './copy-report.ts'
export {chainIDsOf, digestOf, hexOf, nextChainID} from './digest.ts'
export type {Image} from './image.ts'
export type {ImageRecord} from './image-record.ts'
export type {
  ImageEvent,
  ImageStore,
  ImageStoreOptions,
  ImageUsers,
  NewImage,
  RemoveOptions,
  RemoveReport,
  Resolved,
  ShortNames,
} from './image-store.ts'
export type {LayerHold} from './layer-holds.ts'
export {createImageFromLayer, type LayerImageRequest} from './new-layer-image.ts'
export {openImageStore} from './open-image-store.ts'
export {choosePlatform, hostArchitecture, type PlatformWanted, parsePlatform} from './platform.ts'
export {
  familiarName,
  formatReference,
  isDigest,
  isShortName,
  parseLocalReference,
  parseReference,
  type Reference,
  repositoryOf,
  withDefaultTag,
} from './reference.ts'
export {ImageRelations} from './relations.ts'
