import {EngineError, hasCode} from '../../errors/index.ts'
import {inspectImage} from '../../image/inspect.ts'
import type {Runtime} from '../../libpod/runtime.ts'
import {describeNetwork} from '../network-description.ts'

export const inspectTypes = ['all', 'container', 'image', 'network', 'pod', 'volume'] as const
export type InspectType = (typeof inspectTypes)[number]

export interface Inspected {
  readonly kind: Exclude<InspectType, 'all'>
  readonly object: object
}

export interface InspectOptions {
  readonly type: InspectType
  readonly size: boolean
}

/** One object by name, of one type or of the first type that has the name. @throws ERR_REFUSED in podman's words */
export async function inspectObject(runtime: Runtime, name: string, options: InspectOptions): Promise<Inspected> {
  for (const kind of options.type === 'all' ? order : [options.type]) {
    const object = await finders[kind](runtime, name, options.size).catch((error: unknown) => {
      // What cannot name an image may name something else
      if (options.type === 'all' && kind === 'image' && isNoName(error)) return undefined
      throw error
    })
    if (object) return {kind, object}
  }
  throw new EngineError('ERR_REFUSED', missingTexts[options.type](name))
}

function isNoName(error: unknown): boolean {
  return hasCode(error, 'ERR_REFERENCE_INVALID', 'ERR_REFUSED')
}

type Kind = Inspected['kind']
type Finder = (runtime: Runtime, name: string, size: boolean) => Promise<object | undefined>

/** Where `inspect` without a type looks, in this order. */
const order: readonly Kind[] = ['container', 'image', 'volume', 'network', 'pod']

const finders: Readonly<Record<Kind, Finder>> = {
  container: async ({containers}, name, size) => containers.find(name)?.inspect({size}),
  image: async ({images}, name) => {
    const image = images.find(name)
    return image && inspectImage(images, image)
  },
  volume: async ({volumes}, name) => (volumes.find(name) ? volumes.inspectLive(name) : undefined),
  network: async (runtime, name) => {
    try {
      return describeNetwork(runtime, runtime.networks.store.lookup(name))
    } catch (error) {
      if (hasCode(error, 'ERR_NO_SUCH_NETWORK')) return undefined
      throw error
    }
  },
  pod: async (runtime, name) => {
    const pod = runtime.pods.find(name)
    return pod && runtime.inspectPod(pod)
  },
}

const missingTexts: Readonly<Record<InspectType, (name: string) => string>> = {
  all: (name) => `no such object: "${name}"`,
  container: (name) => `no such container ${name}`,
  image: (name) => `${name}: image not known`,
  network: (name) => `network ${name}: unable to find network with name or ID ${name}: network not found`,
  pod: (name) => `no such pod ${name}`,
  volume: (name) => `no such volume ${name}`,
}
