import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'

export default class PodExists extends EngineCommand {
  static override summary = 'Check if a pod exists in local storage'
  static override description = 'If the named pod exists in local storage, the exit code is 0, otherwise 1.'
  static override usage = 'POD'
  static override examples = ['<%= command.id %> podID', '<%= command.id %> mypod || echo missing']
  static override args = {pod: flags.arg({required: true})}

  async run(): Promise<void> {
    const {args} = await this.parse(PodExists)
    this.exitCode = (await this.runtime()).pods.find(args.pod) ? 0 : 1
  }
}
