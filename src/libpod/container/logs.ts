import {EngineError} from '../../errors/index.ts'
import {readLog} from '../../shim/index.ts'
import type {LogLine, LogOptions} from '../define/verb-options.ts'
import type {Engine} from '../engine.ts'
import {isOneOf, liveStatuses} from './held-container.ts'
import {logPath} from './log-path.ts'
import {observe} from './observe.ts'
import {readJournal} from './read-journal.ts'

/** The log in the order written; following ends with the container. */
export async function* containerLogs(engine: Engine, id: string, options: LogOptions = {}): AsyncGenerator<LogLine> {
  const config = engine.state.config(id)
  const ended = (): boolean => !isOneOf(observe(engine.state.layout, id, engine.state.run(id)).state, liveStatuses)
  const {since, until} = {since: options.sinceMs ?? 0, until: options.untilMs ?? Number.POSITIVE_INFINITY}
  const source =
    config.log.driver === 'journald'
      ? readJournal(id, {...options, ended})
      : readLog(requirePath(engine, config), {
          tail: options.tail !== undefined && options.tail >= 0 ? options.tail : undefined,
          follow: options.follow,
          signal: options.signal,
          ended,
        })
  for await (const piece of source) {
    const time = Date.parse(piece.time)
    if (time > until) return
    if (time >= since) yield {...piece, text: piece.partial ? piece.text : Buffer.concat([piece.text, NEWLINE])}
  }
}

const NEWLINE = Buffer.from('\n')

function requirePath(engine: Engine, config: Parameters<typeof logPath>[1]): string {
  const path = logPath(engine, config)
  if (path !== undefined) return path
  const driver = config.log.driver === 'none' ? 'none' : 'passthrough'
  throw new EngineError('ERR_NO_LOGS', `this container is using the '${driver}' log driver, cannot read logs`)
}
