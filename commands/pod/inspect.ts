import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {inspectPodType} from '../../src/cli/inspect/pod-type.ts'
import {podSelectionFlags, selectPods} from '../../src/cli/pod/selection.ts'
import {isJsonFormat, renderReport} from '../../src/cli/template/index.ts'

export default class PodInspect extends EngineCommand {
  static override summary = 'Display a pod configuration'
  static override description = 'Display the configuration for a pod by name or id'
  static override usage = 'POD [POD...]'
  static override examples = ['<%= command.id %> podID', '<%= command.id %> --format "{{.State}}" mypod']
  static override strict = false
  static override flags = {
    format: flags.string({char: 'f', summary: 'Format the output to a Go template or json', default: 'json'}),
    latest: podSelectionFlags.latest,
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(PodInspect)
    const runtime = await this.runtime()
    const found: unknown[] = []
    for (const {pod} of selectPods(runtime, {names: argv as string[], latest: given.latest}))
      try {
        found.push(await runtime.inspectPod(pod()))
      } catch (error) {
        this.report(error, 125)
      }
    if (!isJsonFormat(given.format))
      this.write(renderReport({command: 'inspect', format: given.format, rows: found, rowType: inspectPodType}))
    else this.print(JSON.stringify(found.length === 1 ? found[0] : found, null, 5))
  }
}
