import type {ContainerListing} from '../../libpod/define/container-listing.ts'
import type {Runtime} from '../../libpod/runtime.ts'
import type {Candidate} from './candidates.ts'
import type {ObjectKind} from './object-kind.ts'

const LIVE = ['attach', 'exec', 'kill', 'pause', 'port', 'restart', 'stop', 'top', 'checkpoint']
const STARTABLE = ['init', 'restore', 'start']

/** Names, and ids of what has no better name, that a command can be given. */
export async function objectNames(runtime: Runtime, kind: ObjectKind, command: string): Promise<Candidate[]> {
  switch (kind) {
    case 'container':
      return (await runtime.containers.listings()).filter(fitFor(command)).map(containerCandidate)
    case 'image':
      return runtime.images.list().flatMap(({names, id}) => (names.length > 0 ? names : [id.slice(0, 12)]).map(plain))
    case 'network':
      return runtime.networks.store.list().map(({name}) => plain(name))
    case 'pod':
      return runtime.pods.list().map(({name}) => plain(name))
    case 'secret':
      return runtime.secrets.list().map(({name}) => plain(name))
    case 'volume':
      return runtime.volumes.list().map(({name}) => plain(name))
    case 'any': {
      const kinds = ['container', 'image', 'network', 'pod', 'volume'] as const
      return (await Promise.all(kinds.map((each) => objectNames(runtime, each, command)))).flat()
    }
  }
}

function fitFor(command: string): (listing: ContainerListing) => boolean {
  if (LIVE.includes(command)) return ({state}) => ['running', 'paused', 'stopping'].includes(state.status)
  if (command === 'unpause') return ({state}) => state.status === 'paused'
  if (STARTABLE.includes(command)) return ({state}) => !['running', 'paused', 'stopping'].includes(state.status)
  return () => true
}

function containerCandidate({summary}: ContainerListing): Candidate {
  return {text: summary.name, description: summary.image?.name ?? ''}
}

function plain(text: string): Candidate {
  return {text, description: ''}
}
