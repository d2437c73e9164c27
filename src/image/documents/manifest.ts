import {type Descriptor, type Index, type Manifest, mediaTypes, type Platform} from '../../oci/types/image-spec.ts'
import {Field} from './field.ts'

/** Larger documents are refused unread. @see containers/image, MaxManifestBodySize */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024
export const MAX_CONFIG_BYTES = 16 * 1024 * 1024

/** @throws ERR_MANIFEST_INVALID naming the field */
export function parseManifest(bytes: Uint8Array): Manifest {
  const document = Field.ofDocument(bytes, 'manifest', 'ERR_MANIFEST_INVALID')
  checkSchema(document)
  if (!document.at('manifests').absent) document.at('manifests').fail('a manifest has no list of manifests')
  parseDescriptor(document.at('config'))
  document.at('layers').items().map(parseDescriptor)
  document.at('annotations').optional((field) => field.stringMap())
  return document.object() as unknown as Manifest
}

/** A manifest list or an index. @throws ERR_MANIFEST_INVALID naming the field */
export function parseIndex(bytes: Uint8Array, what = 'index'): Index {
  const document = Field.ofDocument(bytes, what, 'ERR_MANIFEST_INVALID')
  checkSchema(document)
  document.at('manifests').items().map(parseDescriptor)
  return document.object() as unknown as Index
}

/** The media type that a manifest names itself, or that its fields tell. @throws ERR_MANIFEST_INVALID */
export function mediaTypeOf(bytes: Uint8Array): string {
  const document = Field.ofDocument(bytes, 'manifest', 'ERR_MANIFEST_INVALID')
  if (document.at('schemaVersion').raw === 1) return 'application/vnd.docker.distribution.manifest.v1+json'
  const named = document.at('mediaType').optional((field) => field.string())
  if (named !== undefined && named !== '') return named
  if (!document.at('manifests').absent) return mediaTypes.ociIndex
  return mediaTypes.ociManifest
}

export function isIndexType(mediaType: string): boolean {
  return mediaType === mediaTypes.ociIndex || mediaType === mediaTypes.dockerManifestList
}

function checkSchema(document: Field): void {
  const version = document.at('schemaVersion')
  if (version.raw !== 2) version.fail(`version ${JSON.stringify(version.raw)} is not supported`)
}

export function parseDescriptor(field: Field): Descriptor {
  field.at('mediaType').string()
  field.at('digest').digest()
  field.at('size').size()
  field.at('urls').optional((urls) => urls.strings())
  field.at('annotations').optional((map) => map.stringMap())
  field.at('platform').optional(parsePlatform)
  return field.object() as unknown as Descriptor
}

function parsePlatform(field: Field): Platform {
  field.at('architecture').string()
  field.at('os').string()
  field.at('variant').optional((variant) => variant.string())
  field.at('os.version').optional((version) => version.string())
  field.at('os.features').optional((features) => features.strings())
  return field.object() as unknown as Platform
}
