import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {EngineError} from '../../src/errors/index.ts'

export default class VolumeExists extends EngineCommand {
  static override summary = 'Check if volume exists'
  static override description = 'Says by the exit code whether there is such a volume: 0 yes, 1 no.'
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
