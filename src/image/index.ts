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
export {openImageStore} from './open-image-store.ts'
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
