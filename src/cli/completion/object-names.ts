import type {ContainerListing} from '../../libpod/define/container-listing.ts'
import type {Runtime} from '../../libpod/runtime.ts'
import type {Candidate} from './candidates.ts'
import type {ObjectKind} from './object-kind.ts'

const LIVE = ['attach', 'exec', 'kill', 'pause', 'port', 'restart', 'stop', 'top', 'checkpoint']
const STARTABLE = ['init', 'restore', 'start']

/**
 * Names that a command can be given; ids of what has no better name, and of whatever has an id that begins with what is typed:
 * a single character is no id yet.
 */
export async function objectNames(
  runtime: Runtime,
  kind: ObjectKind,
  command: string,
  typed: string,
): Promise<Candidate[]> {
  const begun = (id: string): Candidate[] =>
    typed.length > 1 && id.startsWith(typed) ? [plain(id.slice(0, Math.max(12, typed.length)))] : []
  switch (kind) {
    case 'container':
      return (await runtime.containers.listings())
        .filter(fitFor(command))
        .flatMap((listing) => [containerCandidate(listing), ...begun(listing.summary.id)])
    case 'image':
      return runtime.images
        .list()
        .flatMap(({names, id}) => (names.length > 0 ? [...names.map(plain), ...begun(id)] : [plain(id.slice(0, 12))]))
    case 'network':
      return runtime.networks.store.list().flatMap(({name, id}) => [plain(name), ...begun(id)])
    case 'pod':
      return runtime.pods.list().flatMap(({name, id}) => [plain(name), ...begun(id)])
    case 'secret':
      return runtime.secrets.list().flatMap(({name, id}) => [plain(name), ...begun(id)])
    case 'volume':
      return runtime.volumes.list().map(({name}) => plain(name))
    case 'any': {
      const kinds = ['container', 'image', 'network', 'pod', 'volume'] as const
      return (await Promise.all(kinds.map((each) => objectNames(runtime, each, command, typed)))).flat()
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
