import {spawn} from 'node:child_process'
import {createInterface} from 'node:readline'
import {EngineError, isErrno} from '../../errors/index.ts'
import {sendNotification} from '../../host/index.ts'
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
    const skipHistory = query.follow === true && query.history !== true
    const args = [
      ...['--quiet', '--no-pager', '--output=json', `SYSLOG_IDENTIFIER=${IDENTIFIER}`],
      ...(skipHistory ? ['--lines=0'] : ['--no-tail']),
      ...(query.follow ? ['--follow'] : []),
    ]
    const child = spawn('journalctl', args, {stdio: ['ignore', 'pipe', 'ignore']})
    const failed = new Promise<never>((_, reject) => child.once('error', reject))
    failed.catch(() => {})
    const stop = (): void => void child.kill()
    query.signal?.addEventListener('abort', stop, {once: true})
    const left = query.untilMs === undefined ? undefined : Math.max(0, query.untilMs - Date.now())
    const timer = query.follow && left !== undefined ? setTimeout(stop, left) : undefined
    try {
      await Promise.race([failed, new Promise((resolve) => child.once('spawn', resolve))])
      for await (const line of createInterface({input: child.stdout})) {
        const {BERTH_EVENT} = JSON.parse(line) as {BERTH_EVENT?: string}
        if (BERTH_EVENT) yield JSON.parse(BERTH_EVENT) as EngineEvent
      }
    } catch (cause) {
      if (isErrno(cause, 'ENOENT')) throw new EngineError('ERR_PROGRAM_MISSING', 'journalctl', {cause})
      throw cause
    } finally {
      clearTimeout(timer)
      stop()
    }
  }
}
