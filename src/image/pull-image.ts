import type {Environment} from '../config/environment.ts'
import {EngineError, hasCode} from '../errors/index.ts'
import {pullFromPlace} from './archive/pull-place.ts'
import {reportStored} from './copy-report.ts'
import type {Image} from './image.ts'
import type {ImageStore} from './image-store.ts'
import {parseArchivePlace} from './named-archive.ts'
import {type PullOptions, pullReference} from './pull.ts'
import {formatReference, parseReference, type Reference, withDefaultTag} from './reference.ts'
import {pullEndpoints} from './registry/endpoints.ts'
import {ConfiguredShortNames} from './registry/short-names.ts'
import {registryName, storedName} from './transports.ts'

export const pullPolicies = ['always', 'missing', 'never', 'newer'] as const
export type PullPolicy = (typeof pullPolicies)[number]

export interface EnsureOptions extends PullOptions {
  readonly policy: PullPolicy
  readonly environment: Environment
  /** Asks which of several full names is meant; without it nobody is asked. */
  readonly choose?: (short: string, candidates: readonly string[]) => Promise<string>
}

/**
 * The image of this name, pulled when the policy says so: `missing` when there is none here, `newer` when the registry's
 * differs, `always`, `never`. What pull, run and create do with their argument.
 * @throws ERR_IMAGE_UNKNOWN for `never`; ERR_REFUSED for a short name nothing tells about
 */
export async function ensureImage(store: ImageStore, name: string, options: EnsureOptions): Promise<Image> {
  const {policy} = options
  const place = parseArchivePlace(name)
  if (place) return pullFromPlace(store, place, options)
  const stored = storedName(name)
  if (stored !== undefined) return storedImage(store, stored, options)
  const text = registryName(name)
  const local = policy === 'always' ? undefined : findLocal(store, text, options)
  if (policy === 'never' && !local) throw new EngineError('ERR_IMAGE_UNKNOWN', text)
  if (local && (policy === 'missing' || policy === 'never')) return local
  const byID = policy === 'always' || policy === 'newer' ? imageByID(store, text) : undefined
  if (byID) return byID
  if (policy === 'newer' && local && !(await isNewer(local, text, store, options))) return local
  return pullShort(store, text, options)
}

/** Every tag of a repository. @throws ERR_REFUSED for a name with a tag or digest */
export async function pullAllTags(store: ImageStore, name: string, options: PullOptions): Promise<readonly Image[]> {
  const place = parseArchivePlace(name)
  if (place) throw new EngineError('ERR_REFUSED', `pulling all tags is not supported for ${place.transport} transport`)
  const reference = parseReference(registryName(name))
  if (reference.tag !== undefined || reference.digest !== undefined)
    throw new EngineError('ERR_REFUSED', "tag can't be used with --all-tags/-a")
  const [endpoint] = pullEndpoints(options.access.conf, reference).slice(-1)
  if (!endpoint) return []
  const tags = await (await options.access.repository(endpoint)).tags()
  const images: Image[] = []
  for (const tag of tags) images.push(await pullReference(store, {...reference, tag}, options))
  return images
}

/** A name with a platform asked for is not answered by an image of another one. */
function findLocal(store: ImageStore, text: string, {platform}: EnsureOptions): Image | undefined {
  const image = store.find(text)
  if (!image || !platform) return image
  const {os, architecture, variant} = image.record
  const fits =
    (platform.os ?? os) === os &&
    (platform.architecture ?? architecture) === architecture &&
    (platform.variant ?? variant ?? '') === (variant ?? '')
  return fits ? image : undefined
}

/** An id names what is here; no registry knows it. */
function imageByID(store: ImageStore, text: string): Image | undefined {
  const image = store.find(text)
  return image?.id.startsWith(text.replace(/^sha256:/, '')) ? image : undefined
}

async function isNewer(local: Image, text: string, store: ImageStore, {access}: EnsureOptions): Promise<boolean> {
  const {name} = store.resolve(text)
  const reference = withDefaultTag(parseReference(name))
  for (const endpoint of pullEndpoints(access.conf, reference)) {
    try {
      const digest = await (await access.repository(endpoint)).manifestDigest(
        reference.digest ?? reference.tag ?? 'latest',
      )
      if (digest !== undefined) return !local.digests.includes(digest)
    } catch (error) {
      // podman keeps what it has when no registry answers
      if (!(error instanceof EngineError)) throw error
    }
  }
  return false
}

async function pullShort(store: ImageStore, text: string, options: EnsureOptions): Promise<Image> {
  const own = ownName(store, text)
  if (own) return pullFirst(store, text, [own], options)
  const shortNames = new ConfiguredShortNames(options.environment)
  const choice = shortNames.choose(text, options.choose !== undefined)
  if (choice.notice !== undefined) options.report?.line?.(choice.notice)
  if (!choice.ask || !options.choose) return pullFirst(store, text, choice.candidates, options)
  const names = choice.candidates.map((candidate) => formatReference(withDefaultTag(candidate)))
  const answer = await options.choose(text, names)
  const chosen = choice.candidates[names.indexOf(answer)]
  if (!chosen) throw new EngineError('ERR_REFUSED', `${answer} was not offered`)
  const image = await pullReference(store, chosen, options)
  await shortNames.record(text, chosen)
  return image
}

/** A short name that is here as `localhost/…` is that, whatever else might be meant by it. */
function ownName(store: ImageStore, text: string): Reference | undefined {
  try {
    const {name} = store.resolve(text)
    return name.startsWith('localhost/') ? parseReference(name) : undefined
  } catch (error) {
    if (hasCode(error, 'ERR_IMAGE_UNKNOWN')) return undefined
    throw error
  }
}

async function pullFirst(
  store: ImageStore,
  text: string,
  candidates: readonly Reference[],
  options: EnsureOptions,
): Promise<Image> {
  const failures: unknown[] = []
  for (const candidate of candidates) {
    try {
      return await pullReference(store, candidate, options)
    } catch (error) {
      options.signal?.throwIfAborted()
      failures.push(error)
    }
  }
  if (failures.length === 1) throw failures[0]
  const lines = failures.map((error) => `\t* ${error instanceof Error ? error.message : String(error)}`)
  throw new EngineError(
    'ERR_REFUSED',
    `unable to pull ${text}: ${failures.length} errors occurred:\n${lines.join('\n')}\n`,
    {cause: failures[0]},
  )
}

/** `containers-storage:NAME`: what is here is copied to where it is. @throws ERR_REFUSED in podman's words */
function storedImage(store: ImageStore, name: string, {report}: EnsureOptions): Image {
  const image = store.find(name)
  if (image) {
    reportStored(image, report)
    return image
  }
  const full = formatReference(withDefaultTag(parseReference(name)))
  throw new EngineError(
    'ERR_REFUSED',
    `initializing source containers-storage:${full}: reference "${full}" does not resolve to an image ID: identifier is not an image`,
  )
}
