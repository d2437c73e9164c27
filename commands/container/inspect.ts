import {latest} from '../../src/cli/container-flags.ts'
import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {inspectNamed} from '../../src/cli/inspect/inspect-named.ts'

export default class ContainerInspect extends EngineCommand {
  static override summary = 'Display the configuration of a container'
  static override description =
    'Prints the configuration and state of containers as JSON, or what a template picks from it.'
  static override usage = 'CONTAINER [CONTAINER...]'
  static override examples = ['<%= command.id %> myCtr', '<%= command.id %> -l --format "{{.Id}} {{.Config.Labels}}"']
  static override strict = false
  static override flags = {
    format: flags.string({char: 'f', summary: 'Print as json, or by a Go template', default: 'json'}),
    latest,
    size: flags.bool({char: 's', summary: "Measure the container's files as well"}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(ContainerInspect)
    await inspectNamed(await this.runtime(), argv, {...given, type: 'container'})
  }
}
