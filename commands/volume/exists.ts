import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {EngineError} from '../../src/errors/index.ts'

export default class VolumeExists extends EngineCommand {
  static override summary = 'Check if volume exists'
  static override description = 'If the given volume exists, the exit code is 0, otherwise 1.'
  static override usage = 'VOLUME'
  static override examples = ['<%= command.id %> myvol']
  static override args = {volume: flags.arg({required: true})}

  async run(): Promise<void> {
    const {args} = await this.parse(VolumeExists)
    const {volumes} = await this.runtime()
    if (!args.volume) throw new EngineError('ERR_NAME_EMPTY')
    this.exitCode = volumes.find(args.volume) ? 0 : 1
  }
}
