import {type Descriptor, type Digest, type Index, mediaTypes, type Platform} from '../../oci/types/image-spec.ts'
import type {ManifestForm} from '../saved-manifest.ts'

/** What an entry of a list says about its image; what is absent stays as it is. */
export interface EntryFacts {
  readonly annotations?: Readonly<Record<string, string>>
  readonly architecture?: string
  readonly os?: string
  readonly osVersion?: string
  readonly osFeatures?: readonly string[]
  /** Features of the processor: a field of docker's lists, reserved in OCI's. */
  readonly features?: readonly string[]
  readonly variant?: string
}

export const emptyIndex: Index = {schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: []}

/** Adds an entry at the end; one of the same manifest goes. */
export function withLast(index: Index, entry: Descriptor): Index {
  return {...index, manifests: [...withoutEntry(index, entry.digest).manifests, entry]}
}

/** Puts an entry in the place of that of the same manifest. */
export function withEntry(index: Index, entry: Descriptor): Index {
  return {...index, manifests: index.manifests.map((other) => (other.digest === entry.digest ? entry : other))}
}

export function withoutEntry(index: Index, digest: Digest): Index {
  return {...index, manifests: index.manifests.filter((entry) => entry.digest !== digest)}
}

/** Annotations are replaced as a whole, as podman does. */
export function withFacts(entry: Descriptor, facts: EntryFacts): Descriptor {
  const platform = {...entry.platform, ...platformOf(facts)}
  const {annotations} = facts
  return {
    ...entry,
    ...(Object.keys(platform).length > 0 && {platform: platform as Platform}),
    ...(annotations && Object.keys(annotations).length > 0 && {annotations}),
  }
}

/** The bytes of a list in the form of OCI or docker; docker's has no annotations. */
export function bytesOfIndex(index: Index, form: ManifestForm = 'oci'): Buffer {
  if (form === 'oci') return Buffer.from(JSON.stringify({...index, mediaType: mediaTypes.ociIndex}))
  const manifests = index.manifests.map(({mediaType, size, digest, platform}) => ({mediaType, size, digest, platform}))
  return Buffer.from(JSON.stringify({schemaVersion: 2, mediaType: mediaTypes.dockerManifestList, manifests}))
}

function platformOf({architecture, os, osVersion, osFeatures, features, variant}: EntryFacts): object {
  return {
    ...(architecture !== undefined && {architecture}),
    ...(os !== undefined && {os}),
    ...(osVersion !== undefined && {'os.version': osVersion}),
    ...(osFeatures && osFeatures.length > 0 && {'os.features': osFeatures}),
    ...(variant !== undefined && {variant}),
    ...(features && features.length > 0 && {features}),
  }
}
