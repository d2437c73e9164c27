import {EngineError} from '../../errors/index.ts'
import type {EngineEvent, EventQuery} from '../define/event.ts'

type Predicate = (event: EngineEvent) => boolean

/**
 * Whether an event is wanted: filters of one key are alternatives, different keys must all fit.
 * @throws ERR_REFUSED in podman's words for a filter that is none
 */
export function matches(query: Pick<EventQuery, 'filters' | 'sinceMs'>): Predicate {
  const byKey = new Map<string, Predicate[]>()
  for (const filter of query.filters ?? []) {
    const [key, predicate] = parseFilter(filter)
    byKey.set(key, [...(byKey.get(key) ?? []), predicate])
  }
  const groups = [...byKey.values()]
  return (event) =>
    (query.sinceMs === undefined || Date.parse(event.Time) >= query.sinceMs) &&
    groups.every((predicates) => predicates.some((predicate) => predicate(event)))
}

function parseFilter(filter: string): [string, Predicate] {
  const at = filter.indexOf('=')
  if (at < 0) throw new EngineError('ERR_REFUSED', `${filter} is an invalid filter`)
  const key = filter.slice(0, at).toLowerCase()
  return [key, predicateOf(key, filter.slice(at + 1))]
}

function predicateOf(key: string, value: string): Predicate {
  switch (key) {
    case 'container':
    case 'image':
    case 'pod':
      return (event) => event.Type === key && (event.Name === value || (event.ID ?? '').startsWith(value))
    case 'network':
      return (event) => event.Type === key && (event.Network === value || event.Name === value)
    case 'volume':
      return (event) => event.Type === key && event.Name.startsWith(value)
    case 'event':
    case 'status':
      return (event) => event.Status === (value === 'die' ? 'died' : value)
    case 'type':
      return (event) => event.Type === value
    case 'label':
      return (event) => hasLabel(event, value)
    default:
      throw new EngineError('ERR_REFUSED', `${key} is an invalid filter`)
  }
}

function hasLabel({Attributes = {}}: EngineEvent, wanted: string): boolean {
  const at = wanted.indexOf('=')
  if (at < 0) return Object.hasOwn(Attributes, wanted)
  return Attributes[wanted.slice(0, at)] === wanted.slice(at + 1)
}
