import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'

export default class NetworkExists extends EngineCommand {
  static override summary = 'Check if network exists'
  static override description = 'Says by the exit code whether there is such a network: 0 yes, 1 no.'
  static override usage = 'NETWORK'
  static override examples = ['<%= command.id %> net1']
  static override args = {network: flags.arg({required: true})}

  async run(): Promise<void> {
    const {args} = await this.parse(NetworkExists)
    const {networks} = await this.runtime()
    this.exitCode = networks.store.exists(args.network ?? '') ? 0 : 1
  }
}
