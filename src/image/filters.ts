import {parseGoBool} from '../config/go-bool.ts'
import {EngineError, hasCode} from '../errors/index.ts'
import type {Image} from './image.ts'
import type {ImageStore, ImageUsers} from './image-store.ts'
import {matchesPattern} from './reference-pattern.ts'
import type {ImageRelations} from './relations.ts'

/** What filters ask besides the image itself. */
export interface FilterContext {
  readonly store: ImageStore
  readonly users: ImageUsers
  readonly relations: ImageRelations
  /** `until`: reads a moment. */
  readonly parseMoment: (text: string) => Date
}

type Test = (image: Image, value: string, context: FilterContext) => boolean | Promise<boolean>
interface Filter {
  readonly key: string
  readonly value: string
  readonly negated: boolean
}

/**
 * `--filter KEY=VALUE` of images, image prune and the API. Values of one key are alternatives, but all labels must be
 * there; `KEY!=VALUE` excludes. @throws ERR_REFUSED in podman's words
 */
export async function filterImages(
  images: readonly Image[],
  filters: readonly string[],
  context: FilterContext,
): Promise<readonly Image[]> {
  const parsed = filters.map(parseFilter)
  const kept: Image[] = []
  for (const image of images) if (await fits(image, parsed, context)) kept.push(image)
  return kept
}

/** True when a filter has this key. */
export function hasFilter(filters: readonly string[], key: string): boolean {
  return filters.some((filter) => parseFilter(filter).key === key)
}

function parseFilter(text: string): Filter {
  const equals = text.indexOf('=')
  if (equals <= 0)
    throw new EngineError(
      'ERR_REFUSED',
      `invalid image filter "${text}": must be in the format "filter=value or filter!=value"`,
    )
  const negated = text[equals - 1] === '!'
  const key = text.slice(0, negated ? equals - 1 : equals)
  if (!Object.hasOwn(tests, key)) throw new EngineError('ERR_REFUSED', `unsupported image filter "${key}"`)
  return {key, value: text.slice(equals + 1), negated}
}

async function fits(image: Image, filters: readonly Filter[], context: FilterContext): Promise<boolean> {
  for (const key of new Set(filters.map((filter) => filter.key))) {
    const own = filters.filter((filter) => filter.key === key)
    const results = await Promise.all(own.map((filter) => test(image, filter, context)))
    const wanted = results.filter((_, index) => key === 'label' || !own[index]?.negated)
    const banned = results.filter((_, index) => key !== 'label' && own[index]?.negated)
    if (key === 'label' ? wanted.includes(false) : wanted.length > 0 && !wanted.includes(true)) return false
    if (banned.includes(false)) return false
  }
  return true
}

async function test(image: Image, {key, value, negated}: Filter, context: FilterContext): Promise<boolean> {
  return (await (tests[key] as Test)(image, value, context)) !== negated
}

function imageNamed(key: string, value: string, {store}: FilterContext): Image {
  try {
    return store.lookup(value, {list: true})
  } catch (cause) {
    if (!hasCode(cause, 'ERR_IMAGE_UNKNOWN')) throw cause
    throw new EngineError('ERR_IMAGE_UNKNOWN', `could not find local image for filter "${key}"="${value}": ${value}`, {
      cause,
    })
  }
}

const tests: Readonly<Record<string, Test>> = {
  after: (image, value, context) => createdAt(image) > createdAt(imageNamed('after', value, context)),
  since: (image, value, context) => createdAt(image) > createdAt(imageNamed('since', value, context)),
  before: (image, value, context) => createdAt(image) < createdAt(imageNamed('before', value, context)),
  containers: async (image, value, {users}) => {
    if (value === 'external') return false
    return (await users.containersOf(image.id)).length > 0 === parseBool('containers', value)
  },
  dangling: (image, value, {relations}) => isDangling(image, relations) === parseBool('dangling', value),
  digest: (image, value) => image.digests.some((digest) => digest.startsWith(value)),
  id: (image, value) => image.id.startsWith(value.replace(/^sha256:/, '')),
  intermediate: (image, value, {relations}) => isIntermediate(image, relations) === parseBool('intermediate', value),
  label: (image, value) => hasLabel(image, value),
  manifest: (image, value) => (image.record.kind === 'index') === parseBool('manifest', value),
  readonly: (_, value) => !parseBool('readonly', value),
  reference: (image, value, {store}) =>
    image.names.some((name) => matchesPattern(name, value)) || (!isPattern(value) && isCalled(image, value, store)),
  until: (image, value, {parseMoment}) => createdAt(image) < parseMoment(value).getTime(),
}

/** What can be no name is the name of none. */
function isCalled(image: Image, value: string, store: ImageStore): boolean {
  try {
    return store.find(value, {list: true})?.id === image.id
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'invalidArgument') return false
    throw error
  }
}

/** Letters of patterns, which no name has. */
function isPattern(value: string): boolean {
  return /[*?[\]\\]/.test(value)
}

function createdAt(image: Image): number {
  return Date.parse(image.record.createdAt)
}

/** Without a name and without images built on it. */
export function isDangling(image: Image, relations: ImageRelations): boolean {
  return image.names.length === 0 && !relations.hasChildren(image)
}

/** Without a name, but other images are built on it. */
export function isIntermediate(image: Image, relations: ImageRelations): boolean {
  return image.names.length === 0 && relations.hasChildren(image)
}

function hasLabel(image: Image, wanted: string): boolean {
  const equals = wanted.indexOf('=')
  if (equals < 0) return Object.hasOwn(image.record.labels, wanted)
  return image.record.labels[wanted.slice(0, equals)] === wanted.slice(equals + 1)
}

function parseBool(key: string, value: string): boolean {
  const truth = parseGoBool(value)
  if (truth !== undefined) return truth
  // podman has the two words the wrong way round; scripts see them so
  throw new EngineError(
    'ERR_REFUSED',
    `non-boolean value "${key}" for ${value} filter: strconv.ParseBool: parsing "${value}": invalid syntax`,
  )
}
