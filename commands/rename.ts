import {EngineCommand} from '../src/cli/engine-command.ts'
import * as flags from '../src/cli/flags.ts'

export default class Rename extends EngineCommand {
  static override summary = 'Rename an existing container'
  static override description = 'Gives a container another name; its id stays.'
  static override usage = 'CONTAINER NAME'
  static override examples = ['<%= command.id %> containerA newName']
  static override args = {container: flags.arg({required: true}), name: flags.arg({required: true})}

  async run(): Promise<void> {
    const {args} = await this.parse(Rename)
    const runtime = await this.runtime()
    await runtime.containers.lookup(args.container).rename(args.name)
  }
}
