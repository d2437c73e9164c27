import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {inspectNamed} from '../../src/cli/inspect/inspect-named.ts'

export default class NetworkInspect extends EngineCommand {
  static override summary = 'Inspect network'
  static override description = 'Prints the record of networks as JSON, or what a template picks from it.'
  static override usage = 'NETWORK [NETWORK...]'
  static override examples = ['<%= command.id %> berth']
  static override args = {network: flags.arg({required: true, multiple: true})}
  static override flags = {
    format: flags.string({char: 'f', summary: 'Print as json, or by a Go template'}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(NetworkInspect)
    const options = {type: 'network', size: false, latest: false, format: given.format ?? 'json'} as const
    await inspectNamed(await this.runtime(), argv as string[], options)
  }
}
