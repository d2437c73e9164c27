import {EngineError} from '../../errors/index.ts'
import type {EngineEvent} from '../define/event.ts'
import type {EventBackend} from './event-log.ts'

/** `events_logger = "none"`: nothing is kept. */
export class NoBackend implements EventBackend {
  write(): void {}

  // biome-ignore lint/correctness/useYield: it never has one
  async *read(): AsyncGenerator<EngineEvent> {
    throw new EngineError('ERR_REFUSED', 'cannot read events with the "none" backend')
  }
}
