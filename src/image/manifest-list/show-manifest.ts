import {EngineError, inContext} from '../../errors/index.ts'
import {type Index, mediaTypes} from '../../oci/types/image-spec.ts'
import {isIndexType, parseIndex} from '../documents/manifest.ts'
import type {Image} from '../image.ts'
import type {ImageStore} from '../image-store.ts'
import type {PullOptions} from '../pull.ts'
import {formatReference, isShortName, parseReference, withDefaultTag} from '../reference.ts'
import {ConfiguredShortNames} from '../registry/short-names.ts'
import {readTopManifest} from '../registry/top-manifest.ts'

export interface ShownManifest {
  readonly document: object
  readonly mediaType: string
  readonly isList: boolean
}

/** What `manifest inspect` prints: a list of the store in docker's form, or whatever manifest a registry has. */
export async function showManifest(store: ImageStore, text: string, options: PullOptions): Promise<ShownManifest> {
  const name = text.replace(/^docker:\/\//, '')
  const local = store.find(name, {list: true})
  if (local?.record.kind === 'index')
    return {document: inDockerForm(local), mediaType: mediaTypes.dockerManifestList, isList: true}
  return fromRegistry(name, options)
}

/** podman shows its own lists so: without entries the field is null, and annotations are kept. */
function inDockerForm(list: Image): object {
  const {manifests, annotations}: Index = parseIndex(list.manifestBytes)
  const entries = manifests.map(({mediaType, size, digest, platform, annotations: own}) => ({
    mediaType,
    size,
    digest,
    ...(platform && {platform}),
    ...(own && {annotations: own}),
  }))
  return {
    schemaVersion: 2,
    mediaType: mediaTypes.dockerManifestList,
    manifests: entries.length > 0 ? entries : null,
    ...(annotations && {annotations}),
  }
}

async function fromRegistry(name: string, options: PullOptions): Promise<ShownManifest> {
  const shortNames = new ConfiguredShortNames(options.access.environment)
  const candidates = isShortName(name) ? shortNames.choose(name, false).candidates : [parseReference(name)]
  for (const candidate of candidates) {
    const reference = withDefaultTag(candidate)
    try {
      const {bytes, mediaType} = (await readTopManifest(reference, options)).manifest
      return {document: JSON.parse(bytes.toString('utf8')), mediaType, isList: isIndexType(mediaType)}
    } catch (error) {
      if (candidate === candidates.at(-1))
        throw inContext(`reading image "docker://${formatReference(reference)}"`, error)
    }
  }
  throw new EngineError('ERR_INTERNAL', 'a short name without candidates')
}
