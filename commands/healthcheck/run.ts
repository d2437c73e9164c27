import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'

export default class HealthcheckRun extends EngineCommand {
  static override summary = 'Run the health check of a container'
  static override description =
    'Run the health check of a container. The exit code is 0 when it is healthy, 1 when not.'
  static override usage = 'CONTAINER'
  static override examples = ['<%= command.id %> mywebapp']
  static override args = {container: flags.arg({required: true})}

  async run(): Promise<void> {
    const {args} = await this.parse(HealthcheckRun)
    const container = (await this.runtime()).containers.lookup(args.container)
    const {status} = await container.healthcheck()
    if (status !== 'healthy') this.print(status)
    this.exitCode = status === 'healthy' ? 0 : 1
  }
}
