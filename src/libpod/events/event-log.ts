import type {ContainerSummary} from '../define/container-config.ts'
import type {EngineEvent, EventQuery, EventStatus} from '../define/event.ts'
import {rfc3339Now} from '../define/time.ts'

/** Where events go and come from. */
export interface EventBackend {
  write(event: EngineEvent): void
  /** In the order written. `follow`: what comes from now on, and with `history` what is there before. */
  read(query: Pick<EventQuery, 'follow' | 'history' | 'signal' | 'untilMs'>): AsyncIterable<EngineEvent>
}

/** The engine's events: every change of an object leaves one. */
export class EventLog {
  readonly #backend: EventBackend

  constructor(backend: EventBackend) {
    this.#backend = backend
  }

  write(event: Omit<EngineEvent, 'Time'>): void {
    this.#backend.write({...event, Time: rfc3339Now()})
  }

  /** With the keys that podman's events of containers have. */
  container(status: EventStatus, container: ContainerSummary, more: Partial<EngineEvent> = {}): void {
    const {id, name, image, pod, labels} = container
    const Attributes = {...labels, ...more.Attributes}
    this.write({
      ID: id,
      ...(image && {Image: image.name}),
      Name: name,
      ...(pod && {PodID: pod}),
      Status: status,
      Type: 'container',
      ...more,
      ...(Object.keys(Attributes).length > 0 && {Attributes}),
    })
  }

  async *read(query: EventQuery = {}): AsyncGenerator<EngineEvent> {
    const {matches} = await import('./event-filters.ts')
    const isWanted = matches(query)
    for await (const event of this.#backend.read(query)) {
      if (query.untilMs !== undefined && Date.parse(event.Time) > query.untilMs) return
      if (isWanted(event)) yield event
    }
  }
}
