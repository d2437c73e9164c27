export type {Digest} from '../oci/types/image-spec.ts'
export {type ImportOptions, importImage} from './archive/import.ts'
export {type LoadedImage, type LoadOptions, loadImages} from './archive/load.ts'
export {pushToPlace} from './archive/push-place.ts'
export {saveImages} from './archive/save.ts'
export {type SavedImage, type SaveFormat, type SaveOptions, saveFormats} from './archive/write-request.ts'
export {applyChanges} from './changes.ts'
export {parseCompression} from './compression.ts'
export {type BlobReport, type CopyReport, NewImageReport, reportStored, unwatched} from './copy-report.ts'
export {chainIDsOf, digestOf, hexOf, nextChainID} from './digest.ts'
export {parseManifest} from './documents/manifest.ts'
export {type FilterContext, filterImages, hasFilter, isDangling, isIntermediate} from './filters.ts'
export {goTime, wholeSeconds} from './go-time.ts'
export {type HistoryEntry, imageHistory} from './history.ts'
export type {Image} from './image.ts'
export {imageDiff} from './image-diff.ts'
export {type ImageMount, mountedImages, mountImage, unmountImage} from './image-mounts.ts'
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
export {type InspectImage, inspectImage, repoDigests} from './inspect.ts'
export type {LayerHold} from './layer-holds.ts'
export {noLists} from './manifest-list/directory-target.ts'
export {entryDigest} from './manifest-list/entry-digest.ts'
export type {EntryFacts} from './manifest-list/index-document.ts'
export {findInstances, type Instance, instanceOf} from './manifest-list/instance.ts'
export {
  type CreateListOptions,
  createManifestList,
  ManifestList,
  openManifestList,
} from './manifest-list/manifest-list.ts'
export {type PushListOptions, pushManifestList} from './manifest-list/push-list.ts'
export {type ShownManifest, showManifest} from './manifest-list/show-manifest.ts'
export {type ArchivePlace, formatArchivePlace, parseArchivePlace} from './named-archive.ts'
export {createImageFromLayer, type LayerImageRequest} from './new-layer-image.ts'
export {openImageStore} from './open-image-store.ts'
export {overrideConfig, parseOverride} from './override-config.ts'
export {choosePlatform, hostArchitecture, normalPlatform, type PlatformWanted, parsePlatform} from './platform.ts'
export {type PruneImagesOptions, pruneImages} from './prune.ts'
export {type PullOptions, pullReference} from './pull.ts'
export {type EnsureOptions, ensureImage, type PullPolicy, pullAllTags, pullPolicies} from './pull-image.ts'
export {type Pushed, type PushOptions, pushImage} from './push.ts'
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
export {type Credentials, findCredentials, parseCredentials} from './registry/credentials.ts'
export {checkLogin, type LoginTarget, loggedInAs, login, logout, logoutEverywhere} from './registry/login.ts'
export {RegistryAccess, type RegistryAccessOptions} from './registry/registry-access.ts'
export {defaultRetry, type RetryPolicy} from './registry/retry.ts'
export {listTags, type SearchResult, searchImages} from './registry/search.ts'
export {ConfiguredShortNames} from './registry/short-names.ts'
export {ImageRelations} from './relations.ts'
export {type Revision, reviseImage} from './revise-image.ts'
export {registryName, storedName} from './transports.ts'
export {layersAbove, layersOfImage, type TreeLayer} from './tree.ts'
export type {SigningKey} from './trust/gpg.ts'
export {checkPolicy, loadPolicy} from './trust/policy.ts'
export {setTrust, type TrustType, trustTypes} from './trust/set-trust.ts'
export {type SignRequest, signRemote} from './trust/sign-remote.ts'
export {type TrustRow, trustRows} from './trust/trust-rows.ts'
export {type ImageProblem, verifyImages} from './verify.ts'
