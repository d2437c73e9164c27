import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'

export default class NetworkDisconnect extends EngineCommand {
  static override summary = 'Disconnect a container from a network'
  static override description = 'Takes a container out of a network, while it runs too.'
  static override usage = 'NETWORK CONTAINER'
  static override examples = ['<%= command.id %> web secondary']
  static override args = {network: flags.arg({required: true}), container: flags.arg({required: true})}
  static override flags = {
    force: flags.bool({char: 'f', summary: 'Disconnect even when the interface cannot be taken down'}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(NetworkDisconnect)
    const runtime = await this.runtime()
    await runtime.containers.lookup(args.container ?? '').disconnectNetwork(args.network ?? '', {force: given.force})
  }
}
