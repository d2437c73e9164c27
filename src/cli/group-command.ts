import {EngineError} from '../errors/index.ts'
import {EngineCommand} from './engine-command.ts'

/** A group of commands (`container`, `system`): `commands/NAME/index.ts`. It has a help page and nothing to run. */
export abstract class GroupCommand extends EngineCommand {
  static readonly isGroup = true

  async run(): Promise<void> {
    throw new EngineError('ERR_INTERNAL', `${this.path.join(' ')} is a group of commands`)
  }
}
