import {resizeTerminal} from '../../shim/index.ts'
import type {TerminalSize} from '../define/attach.ts'
import type {Engine} from '../engine.ts'
import {withContainer} from './with-container.ts'

export function resizeContainer(engine: Engine, id: string, size: TerminalSize): Promise<void> {
  return withContainer(engine, id, (held) => {
    held.require(
      ['created', 'running'],
      `can only resize created or running containers - currently in state ${held.status}`,
    )
    resizeTerminal(held.bundle, size)
  })
}
