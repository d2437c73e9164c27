import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'

export default class ContainerExists extends EngineCommand {
  static override summary = 'Check if a container exists in local storage'
  static override description = 'Says by the exit code whether there is such a container: 0 yes, 1 no.'
  static override usage = 'CONTAINER'
  static override examples = ['<%= command.id %> --external containerID', '<%= command.id %> myctr || echo none']
  static override args = {container: flags.arg({required: true})}
  static override flags = {
    external: flags.bool({summary: 'Accepted for compatibility; has no effect'}),
  }

  async run(): Promise<void> {
    const {args} = await this.parse(ContainerExists)
    const runtime = await this.runtime()
    this.exitCode = runtime.containers.exists(args.container) ? 0 : 1
  }
}
