import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {inspectNetworkType} from '../../src/cli/inspect/network-type.ts'
import {inspectOutput} from '../../src/cli/inspect-output.ts'
import {describeNetwork} from '../../src/cli/network-description.ts'
import {EngineError} from '../../src/errors/index.ts'

export default class NetworkInspect extends EngineCommand {
  static override summary = 'Inspect network'
  static override description = 'Inspect network'
  static override usage = 'NETWORK [NETWORK...]'
  static override examples = ['<%= command.id %> berth']
  static override args = {network: flags.arg({required: true, multiple: true})}
  static override flags = {
    format: flags.string({char: 'f', summary: 'Pretty-print network to JSON or using a Go template'}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(NetworkInspect)
    const runtime = await this.runtime()
    const found = (argv as string[]).flatMap((name) => {
      try {
        return [describeNetwork(runtime, runtime.networks.store.lookup(name))]
      } catch (cause) {
        this.report(
          new EngineError('ERR_REFUSED', `inspecting object: network ${name}: ${(cause as Error).message}`, {cause}),
          125,
        )
        return []
      }
    })
    this.write(inspectOutput('inspect', found, given.format, {rowType: inspectNetworkType}))
  }
}
