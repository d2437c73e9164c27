import {readJournalEntries, sendNotification} from '../../host/index.ts'
import type {EngineEvent, EventQuery} from '../define/event.ts'
import type {EventBackend} from './event-log.ts'

const SOCKET = '/run/systemd/journal/socket'
const IDENTIFIER = 'berth'

/** Events in the systemd journal: one entry each, the whole event as a field beside a readable message. */
export class JournalBackend implements EventBackend {
  readonly #socket: string

  constructor(socket = SOCKET) {
    this.#socket = socket
  }

  /** @see systemd, Native Journal Protocol: values are JSON here, so that they hold no line end */
  write(event: EngineEvent): void {
    const fields = {
      MESSAGE: `${event.Type} ${event.Status} ${event.ID ?? ''} (name=${event.Name})`,
      SYSLOG_IDENTIFIER: IDENTIFIER,
      PRIORITY: '6',
      PODMAN_EVENT: event.Status,
      PODMAN_TYPE: event.Type,
      PODMAN_NAME: event.Name,
      ...(event.ID && {PODMAN_ID: event.ID}),
      BERTH_EVENT: JSON.stringify(event),
    }
    const text = Object.entries(fields).map(([name, value]) => `${name}=${value.replaceAll('\n', ' ')}\n`)
    sendNotification(this.#socket, text.join(''))
  }

  async *read(query: Pick<EventQuery, 'follow' | 'history' | 'signal' | 'untilMs'>): AsyncGenerator<EngineEvent> {
    const {follow = false, history, signal, untilMs = Number.POSITIVE_INFINITY} = query
    const entries = readJournalEntries<{readonly BERTH_EVENT?: string}>({
      matches: [`SYSLOG_IDENTIFIER=${IDENTIFIER}`],
      ...(follow && history !== true && {newest: 0}),
      ...{follow, signal, ended: () => Date.now() >= untilMs},
    })
    for await (const {BERTH_EVENT} of entries) if (BERTH_EVENT) yield JSON.parse(BERTH_EVENT) as EngineEvent
  }
}
