import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'

export default class PodExists extends EngineCommand {
  static override summary = 'Check if a pod exists in local storage'
  static override description = 'Says by the exit code whether there is such a pod: 0 yes, 1 no.'
  static override usage = 'POD'
  static override examples = ['<%= command.id %> podID', '<%= command.id %> mypod || echo missing']
  static override args = {pod: flags.arg({required: true})}

  async run(): Promise<void> {
    const {args} = await this.parse(PodExists)
    this.exitCode = (await this.runtime()).pods.find(args.pod) ? 0 : 1
  }
}
