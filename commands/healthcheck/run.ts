import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {EngineError} from '../../src/errors/index.ts'
import type {Container} from '../../src/libpod/container.ts'
import type {Runtime} from '../../src/libpod/runtime.ts'

export default class HealthcheckRun extends EngineCommand {
  static override summary = 'Run the health check of a container'
  static override description =
    "Runs a container's health check once, now. The exit code is 0 when it is healthy, 1 when not."
  static override usage = 'CONTAINER'
  static override examples = ['<%= command.id %> mywebapp']
  static override args = {container: flags.arg({required: true})}

  async run(): Promise<void> {
    const {args} = await this.parse(HealthcheckRun)
    const container = lookUp(await this.runtime(), args.container)
    const {status} = await container.healthcheck()
    if (status !== 'healthy') this.print(status)
    this.exitCode = status === 'healthy' ? 0 : 1
  }
}

function lookUp({containers}: Runtime, name: string): Container {
  try {
    return containers.lookup(name)
  } catch (cause) {
    const text = `unable to look up ${name} to perform a health check: ${(cause as Error).message}`
    throw new EngineError('ERR_REFUSED', text, {cause})
  }
}
